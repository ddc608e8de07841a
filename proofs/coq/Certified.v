(* What certificates of theorems are written with: sums, Kronecker's delta, roots, derivatives
   along a direction, and the tactics that follow the steps of the symbolic wing. *)

Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Require Import BatchNorm.
Open Scope R_scope.

(* Sums. *)

Lemma total_eq m f g : (forall i, (i < m)%nat -> f i = g i) -> total m f = total m g.
Proof.
  induction m as [| n hyp]; intro same; simpl; [reflexivity |].
  rewrite hyp, same; [reflexivity | lia | intros; apply same; lia].
Qed.

Lemma total_split m c f g : total m (fun i => c * f i + g i) = c * total m f + total m g.
Proof. induction m as [| n hyp]; simpl; [ring | rewrite hyp; ring]. Qed.

Lemma total_zero m : total m (fun _ => 0) = 0.
Proof. induction m as [| n hyp]; simpl; [reflexivity | rewrite hyp; ring]. Qed.

Lemma total_swap m n (f : nat -> nat -> R) :
  total m (fun i => total n (fun j => f i j)) = total n (fun j => total m (fun i => f i j)).
Proof.
  induction m as [| p hyp]; simpl; [now rewrite total_zero |].
  rewrite hyp. symmetry. apply (total_add n (fun j => total p (fun i => f i j)) (f p)).
Qed.

Lemma total_inner m c f : c * total m f = total m (fun i => c * f i).
Proof. symmetry. apply total_scale. Qed.

Definition delta (i j : nat) : R := if Nat.eqb i j then 1 else 0.

Lemma delta_cases i j : (i = j /\ delta i j = 1) \/ (i <> j /\ delta i j = 0).
Proof.
  unfold delta. destruct (Nat.eqb i j) eqn:found.
  - left. split; [now apply Nat.eqb_eq | reflexivity].
  - right. split; [now apply Nat.eqb_neq | reflexivity].
Qed.

Lemma total_delta m j f : (j < m)%nat -> total m (fun i => delta i j * f i) = f j.
Proof.
  induction m as [| n hyp]; intro below; simpl; [lia |].
  destruct (Nat.eq_dec j n) as [-> | other].
  - rewrite (total_eq n _ (fun _ => 0)), total_zero.
    + destruct (delta_cases n n) as [[_ E] | [absurd _]]; [rewrite E; ring | now contradict absurd].
    + intros i small. destruct (delta_cases i n) as [[same _] | [_ E]]; [lia | rewrite E; ring].
  - rewrite hyp by lia. destruct (delta_cases n j) as [[same _] | [_ E]]; [lia | rewrite E; ring].
Qed.

Lemma total_nonneg m f : (forall i, (i < m)%nat -> 0 <= f i) -> 0 <= total m f.
Proof.
  induction m as [| n hyp]; intro each; simpl; [lra |].
  apply Rplus_le_le_0_compat; [apply hyp; intros; apply each | apply each]; lia.
Qed.

(* Roots and signs. *)

Lemma root_of r c : 0 < r -> 0 < c ->
  exists s, 0 < s /\ s * s = r * (c * c) /\ sqrt r = s / c.
Proof.
  intros positive some. exists (sqrt r * c).
  assert (P : 0 < sqrt r) by (apply sqrt_lt_R0; exact positive).
  assert (Q : sqrt r * sqrt r = r) by (apply sqrt_sqrt; lra).
  repeat split.
  - now apply Rmult_lt_0_compat.
  - rewrite <- Q at 3. ring.
  - field. lra.
Qed.

Lemma root_is r b : 0 <= b -> r = b * b -> sqrt r = b.
Proof. intros some ->. now apply sqrt_square. Qed.

Lemma sign_of a : exists g, (g = 1 \/ g = - 1) /\ 0 <= g * a.
Proof.
  destruct (Rle_dec 0 a).
  - exists 1. split; [now left | lra].
  - exists (- 1). split; [now right | lra].
Qed.

(* Values and derivatives along a direction, at 0. *)

Definition moved (h x v : R) : R := x + h * v.

Definition dual (f : R -> R) (a b : R) : Prop := f 0 = a /\ is_derive f 0 b.

Lemma dual_const c : dual (fun _ => c) c 0.
Proof. split; [reflexivity | exact (is_derive_const c 0)]. Qed.

Lemma dual_moved x v : dual (fun h => moved h x v) x v.
Proof.
  split; [unfold moved; ring |].
  apply (is_derive_ext (fun h => x + h * v)); [reflexivity |].
  auto_derive; [exact I | apply Rmult_1_l].
Qed.

Lemma dual_add f g a b a' b' :
  dual f a a' -> dual g b b' -> dual (fun h => f h + g h) (a + b) (a' + b').
Proof.
  intros [Fa Fd] [Ga Gd]. split; [now rewrite Fa, Ga | exact (is_derive_plus f g 0 _ _ Fd Gd)].
Qed.

Lemma dual_add_l c g b b' : dual g b b' -> dual (fun h => c + g h) (c + b) b'.
Proof.
  intros [Ga Gd]. split; [now rewrite Ga |].
  replace b' with (0 + b') by ring.
  exact (is_derive_plus (fun _ => c) g 0 _ _ (is_derive_const c 0) Gd).
Qed.

Lemma dual_add_r f c a a' : dual f a a' -> dual (fun h => f h + c) (a + c) a'.
Proof.
  intros [Fa Fd]. split; [now rewrite Fa |].
  replace a' with (a' + 0) by ring.
  exact (is_derive_plus f (fun _ => c) 0 _ _ Fd (is_derive_const c 0)).
Qed.

Lemma dual_mul f g a b a' b' :
  dual f a a' -> dual g b b' -> dual (fun h => f h * g h) (a * b) (a' * b + a * b').
Proof.
  intros [Fa Fd] [Ga Gd]. split; [now rewrite Fa, Ga |].
  rewrite <- Fa, <- Ga. apply (is_derive_mult f g 0 _ _ Fd Gd). intros; apply Rmult_comm.
Qed.

Lemma dual_mul_l c g b b' : dual g b b' -> dual (fun h => c * g h) (c * b) (c * b').
Proof. intros [Ga Gd]. split; [now rewrite Ga | exact (is_derive_scal g 0 c _ Gd)]. Qed.

Lemma dual_mul_r f c a a' : dual f a a' -> dual (fun h => f h * c) (a * c) (a' * c).
Proof.
  intros [Fa Fd]. split; [now rewrite Fa |].
  apply (is_derive_ext (fun h => c * f h)); [intro; apply Rmult_comm |].
  rewrite (Rmult_comm a' c). exact (is_derive_scal f 0 c _ Fd).
Qed.

Lemma dual_total m f a a' :
  (forall i, (i < m)%nat -> dual (f i) (a i) (a' i)) ->
  dual (fun h => total m (fun i => f i h)) (total m a) (total m a').
Proof.
  induction m as [| n hyp]; intro each; simpl; [exact (dual_const 0) |].
  apply (dual_add (fun h => total n (fun i => f i h)) (f n)); [apply hyp; intros; apply each | apply each]; lia.
Qed.

Lemma dual_eq f a b c : dual f a b -> b = c -> dual f a c.
Proof. now intros found <-. Qed.

Lemma dual_pow n f a a' :
  dual f a a' -> dual (fun h => f h ^ S n) (a ^ S n) (INR (S n) * a ^ n * a').
Proof.
  intro F. induction n as [| n hyp].
  - apply (dual_eq _ _ (a' * 1)); [| simpl; ring].
    split; simpl; [now rewrite (proj1 F) | exact (proj2 (dual_mul_r f 1 a a' F))].
  - apply (dual_eq _ _ (a' * a ^ S n + a * (INR (S n) * a ^ n * a'))).
    + exact (dual_mul f (fun h => f h ^ S n) _ _ _ _ F hyp).
    + rewrite (S_INR (S n)). simpl pow. ring.
Qed.

Lemma dual_inv f a a' : dual f a a' -> a <> 0 -> dual (fun h => / f h) (/ a) (- a' / a ^ 2).
Proof.
  intros [Fa Fd] apart. split; [now rewrite Fa |].
  rewrite <- Fa in *. exact (is_derive_inv f 0 a' Fd apart).
Qed.

Lemma dual_sqrt f a a' :
  dual f a a' -> 0 < a -> dual (fun h => sqrt (f h)) (sqrt a) (a' / (2 * sqrt a)).
Proof.
  intros [Fa Fd] positive. split; [now rewrite Fa |].
  rewrite <- Fa in *. exact (is_derive_sqrt f 0 a' Fd positive).
Qed.

Lemma derives f a b : dual f a b -> is_derive f 0 b.
Proof. exact (@proj2 _ _). Qed.

(* Tactics. *)

Lemma INR_positive n : (0 < n)%nat -> 0 < INR n.
Proof. exact (lt_0_INR n). Qed.

Lemma square_nonneg r n : 0 <= r ^ (2 * n).
Proof. rewrite pow_mult. apply pow_le, pow2_ge_0. Qed.

Ltac even n := let half := eval compute in (Nat.div2 n) in
  let twice := eval compute in (2 * half)%nat in constr_eq n twice; change n with (2 * half)%nat.

Ltac nonneg :=
  cbv beta;
  first [ assumption | apply Rlt_le; assumption | apply sqrt_pos | lra
        | match goal with H : forall _, _ |- _ => apply H; first [assumption | lia] end
        | lazymatch goal with
          | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; nonneg
          | |- 0 <= ?a * ?a => apply Rle_0_sqr
          | |- 0 <= _ * _ => apply Rmult_le_pos; nonneg
          | |- 0 <= / ?a => destruct (Rle_lt_or_eq_dec 0 a ltac:(nonneg)) as [P | P];
              [apply Rlt_le, Rinv_0_lt_compat, P | rewrite <- P, Rinv_0; apply Rle_refl]
          | |- 0 <= _ / _ => unfold Rdiv; nonneg
          | |- 0 <= ?a ^ ?n => first [even n; apply square_nonneg | apply pow_le; nonneg]
          | |- 0 <= total _ _ => apply total_nonneg; intros; nonneg
          | |- 0 <= delta ?i ?j => destruct (delta_cases i j) as [[_ E] | [_ E]]; rewrite E; lra
          | |- 0 <= INR _ => apply pos_INR
          end ].

Ltac positive :=
  first [ assumption | lra
        | lazymatch goal with
          | |- 0 < _ * _ => apply Rmult_lt_0_compat; positive
          | |- 0 < _ / _ => unfold Rdiv; positive
          | |- 0 < / _ => apply Rinv_0_lt_compat; positive
          | |- 0 < _ ^ _ => apply pow_lt; positive
          | |- 0 < sqrt _ => apply sqrt_lt_R0; positive
          | |- 0 < _ + _ =>
              first [ apply Rplus_lt_le_0_compat; [positive | nonneg]
                    | apply Rplus_le_lt_0_compat; [nonneg | positive] ]
          end ].

Ltac vanish e d c :=
  let zero := fresh in intro zero; absurd (d = 0);
  [ lra | transitivity (e * / c); [field; repeat split; lra | rewrite zero; ring] ].

(* e is d, up to factors that are the size of the batch *)
Ltac like e d :=
  first [ vanish e d 1
        | match goal with |- context [INR ?n] => first [vanish e d (INR n) | vanish e d (INR n * INR n)
            | vanish e d (INR n * INR n * INR n)] end
        | match goal with |- context [INR ?n] => match goal with |- context [INR ?p] =>
            first [vanish e d (INR n * INR p) | vanish e d (INR n * INR n * (INR p * INR p))] end end ].

Ltac apart :=
  repeat match goal with |- _ /\ _ => split end;
  first [ exact I | assumption | lra | solve [apply Rgt_not_eq; unfold Rgt; positive]
        | apply Rmult_integral_contrapositive_currified; apart
        | lazymatch goal with |- _ ^ _ <> 0 => apply pow_nonzero; apart end
        | lazymatch goal with |- / _ <> 0 => apply Rinv_neq_0_compat; apart end
        | match goal with
          | H : ?d <> 0 |- ?e <> 0 => like e d
          | H : 0 < ?d |- ?e <> 0 =>
              solve [let zero := fresh in intro zero; rewrite zero in H; lra]
          | H : 0 < ?d |- ?e <> 0 => like e d
          | H : 0 < ?d |- ?e <> 0 => assert (0 < d * d) by (now apply Rmult_lt_0_compat); like e (d * d)
          | |- ?a + ?b <> 0 => solve [let e := fresh in intro e; nra]
          end ].

Ltac cases :=
  repeat match goal with
    | H : ?g = 1 \/ ?g = - 1 |- _ => destruct H as [-> | ->]
    | |- context [delta ?i ?j] =>
        let E := fresh in
        destruct (delta_cases i j) as [[? E] | [? E]]; rewrite ?E; clear E; try subst i; try subst j
    end.

Ltac close := cases; first [reflexivity | ring | solve [field; apart] | lra | solve [exfalso; lia]].

Ltac differ :=
  cbv beta;
  lazymatch goal with
  | |- dual (fun _ => ?c) _ _ => exact (dual_const c)
  | |- dual (fun h => moved h ?x ?v) _ _ => exact (dual_moved x v)
  | |- dual (fun h => @?f h + @?g h) _ _ =>
      lazymatch f with
      | fun _ => ?c => apply (dual_add_l c g); differ
      | _ => lazymatch g with
             | fun _ => ?c => apply (dual_add_r f c); differ
             | _ => apply (dual_add f g); differ
             end
      end
  | |- dual (fun h => @?f h * @?g h) _ _ =>
      lazymatch f with
      | fun _ => ?c => apply (dual_mul_l c g); differ
      | _ => lazymatch g with
             | fun _ => ?c => apply (dual_mul_r f c); differ
             | _ => apply (dual_mul f g); differ
             end
      end
  | |- dual (fun h => total ?m (fun i => @?f h i)) (total _ ?a) (total _ ?b) =>
      apply (dual_total m (fun i h => f h i) a b); intros; differ
  | |- dual (fun h => / (sqrt (@?f h) ^ S ?n)) (/ (sqrt ?a ^ S _)) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_inv (fun h => sqrt (f h) ^ S n));
        [apply (dual_pow n), (dual_sqrt f a a'); [differ | positive]
        | apply pow_nonzero, Rgt_not_eq, sqrt_lt_R0; positive]
      | assert (0 < sqrt a) by (apply sqrt_lt_R0; positive); rewrite !S_INR; simpl INR; field; lra ]
  | |- dual (fun h => / sqrt (@?f h)) (/ sqrt ?a) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_inv (fun h => sqrt (f h)));
        [apply (dual_sqrt f a a'); [differ | positive]
        | apply Rgt_not_eq, sqrt_lt_R0; positive]
      | assert (0 < sqrt a) by (apply sqrt_lt_R0; positive); field; lra ]
  | |- dual (fun h => sqrt (@?f h)) (sqrt ?a) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_sqrt f a a'); [differ | positive]
      | assert (0 < sqrt a) by (apply sqrt_lt_R0; positive); field; lra ]
  | |- dual (fun h => sqrt (@?f h) ^ S ?n) (sqrt ?a ^ S _) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_pow n), (dual_sqrt f a a'); [differ | positive]
      | assert (0 < sqrt a) by (apply sqrt_lt_R0; positive); rewrite !S_INR; simpl INR; field; lra ]
  | |- dual (fun h => / (@?f h ^ S ?n)) (/ (?a ^ S _)) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_inv (fun h => f h ^ S n));
        [apply (dual_pow n f a a'); differ | apply pow_nonzero; apart]
      | assert (a <> 0) by apart; rewrite !S_INR; simpl INR; field; assumption ]
  | |- dual (fun h => / @?f h) (/ ?a) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_inv f a a'); [differ | apart] | assert (a <> 0) by apart; field; assumption ]
  | |- dual (fun h => @?f h ^ S ?n) (?a ^ S _) (_ * ?a') =>
      eapply dual_eq;
      [ apply (dual_pow n f a a'); differ | rewrite !S_INR; simpl INR; ring ]
  end.

(* The same with the derivatives in place: equal parts of sums, products, powers and roots. *)
Ltac alike facts :=
  first [ reflexivity
        | facts; first [assumption | lia]
        | lazymatch goal with
          | |- total _ _ = total _ _ => apply total_eq; intros; cbv beta; alike facts
          | |- _ => f_equal; alike facts
          end ].
