"""Several sessions: answers in the order of the questions, like questions to one session."""

import threading
import time

import pytest

from bncheck.engine.pool import Pool


class Asked:
    """A session that notes what it is asked."""

    def __init__(self):
        self.questions = []
        self.loaded = {}

    def ask(self, question):
        self.questions.append(question)
        if question[1] == 5:
            time.sleep(0.02)
        return question[1] ** 2

    def close(self):
        pass


def ask(session, question):
    return session.ask(question)


def kind(question):
    return question[0]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_answers_come_in_the_order_of_the_questions(count):
    sessions = [Asked() for _ in range(count)]
    questions = [("abcde"[k % 5], k) for k in range(60)]
    answered = list(Pool(sessions).map(ask, iter(questions), kind))
    assert answered == [(question, question[1] ** 2) for question in questions]
    assert sum(len(session.questions) for session in sessions) == 60


def test_like_questions_go_to_one_session_and_all_sessions_have_their_share():
    sessions = [Asked() for _ in range(2)]
    # one kind is half of all
    questions = [("x" if k % 2 else f"kind {k}", k) for k in range(80)]
    list(Pool(sessions).map(ask, questions, kind))
    asked = [{question[0] for question in session.questions} for session in sessions]
    assert not asked[0] & asked[1]
    assert all(35 <= len(session.questions) <= 45 for session in sessions)


def test_who_stops_reading_stops_the_asking():
    sessions = [Asked() for _ in range(2)]
    answers = Pool(sessions).map(ask, ((str(k), 5) for k in range(1000)), kind)
    next(answers)
    answers.close()
    assert sum(len(session.questions) for session in sessions) < 100
    assert threading.active_count() < 10
