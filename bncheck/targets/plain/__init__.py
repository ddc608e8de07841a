"""Plain Python on NumPy arrays: functions, course homework, cs231n."""
