(* Batch normalization over the reals, for every batch size m > 0 at once.

   The batch is a function nat -> R of which the first m values count. Proved here: shift
   invariance, the scale law, identity recovery, that the input gradient sums to zero, and that
   the closed form of the input gradient is the derivative of the loss in every direction: a
   statement of analysis, of which the symbolic wing checks the algebra. *)

Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(* Finite sums. *)

Fixpoint total (m : nat) (f : nat -> R) : R :=
  match m with
  | O => 0
  | S n => total n f + f n
  end.

Lemma total_ext m f g : (forall i, f i = g i) -> total m f = total m g.
Proof. intro same. induction m as [| n hyp]; simpl; [reflexivity | rewrite hyp, same; reflexivity]. Qed.

Lemma total_add m f g : total m (fun i => f i + g i) = total m f + total m g.
Proof. induction m as [| n hyp]; simpl; [ring | rewrite hyp; ring]. Qed.

Lemma total_scale m c f : total m (fun i => c * f i) = c * total m f.
Proof. induction m as [| n hyp]; simpl; [ring | rewrite hyp; ring]. Qed.

Lemma total_one m : total m (fun _ => 1) = INR m.
Proof. induction m as [| n hyp]; [reflexivity | rewrite S_INR; simpl total; rewrite hyp; ring]. Qed.

Lemma total_const m c : total m (fun _ => c) = INR m * c.
Proof.
  rewrite (total_ext m _ (fun i => c * (fun _ => 1) i)) by (intro; simpl; ring).
  rewrite total_scale, total_one; ring.
Qed.

Lemma derive_total m (f : nat -> R -> R) (slope : nat -> R) at_ :
  (forall i, is_derive (f i) at_ (slope i)) ->
  is_derive (fun h => total m (fun i => f i h)) at_ (total m slope).
Proof.
  intro each. induction m as [| n hyp]; simpl.
  - exact (is_derive_const 0 at_).
  - exact (is_derive_plus (fun h => total n (fun i => f i h)) (f n) at_ _ _ hyp (each n)).
Qed.

Section BatchNorm.

Variable m : nat.
Hypothesis some : (0 < m)%nat.
Notation M := (INR m).
Notation sum := (total m).

Lemma M_not_0 : M <> 0.
Proof. apply not_0_INR. intro none. rewrite none in some. inversion some. Qed.

Ltac apart := repeat split; first [exact M_not_0 | lra].

Definition mean (x : nat -> R) := sum x / M.
Definition var (x : nat -> R) := mean (fun i => (x i - mean x) ^ 2).
Definition std eps x := sqrt (var x + eps).
Definition xhat eps x i := (x i - mean x) / std eps x.
Definition bn gamma beta eps x i := gamma * xhat eps x i + beta.

Lemma mean_ext f g : (forall i, f i = g i) -> mean f = mean g.
Proof. intro same. unfold mean. now rewrite (total_ext m f g same). Qed.

Lemma mean_affine a b x : mean (fun i => a * x i + b) = a * mean x + b.
Proof.
  unfold mean. rewrite (total_add m (fun i => a * x i) (fun _ => b)), total_scale, total_const.
  field. exact M_not_0.
Qed.

Lemma mean_line x v h : mean (fun i => x i + h * v i) = mean x + h * mean v.
Proof.
  unfold mean. rewrite (total_add m x (fun i => h * v i)), total_scale. field. exact M_not_0.
Qed.

Lemma centred x : sum (fun i => x i - mean x) = 0.
Proof.
  rewrite (total_ext m _ (fun i => x i + (fun _ => - mean x) i)) by (intro; simpl; ring).
  rewrite total_add, total_const. unfold mean. field. exact M_not_0.
Qed.

Lemma var_affine a b x : var (fun i => a * x i + b) = a ^ 2 * var x.
Proof.
  unfold var. rewrite mean_affine.
  rewrite (mean_ext _ (fun i => a ^ 2 * (x i - mean x) ^ 2 + 0)) by (intro; ring).
  rewrite mean_affine. ring.
Qed.

(* F03 *)
Theorem shift_invariance gamma beta eps x c i :
  bn gamma beta eps (fun k => x k + c) i = bn gamma beta eps x i.
Proof.
  assert (same : forall k, x k + c = 1 * x k + c) by (intro; ring).
  assert (moved : mean (fun k => x k + c) = mean x + c).
  { rewrite (mean_ext _ _ same), mean_affine. ring. }
  assert (kept : var (fun k => x k + c) = var x).
  { unfold var. rewrite moved. apply mean_ext. intro. f_equal. ring. }
  unfold bn, xhat, std. rewrite moved, kept. f_equal. f_equal. f_equal. ring.
Qed.

(* F04 *)
Theorem scale_law gamma beta eps a x i :
  a <> 0 -> 0 < var x + eps / a ^ 2 ->
  bn gamma beta eps (fun k => a * x k) i = bn (gamma * (a / Rabs a)) beta (eps / a ^ 2) x i.
Proof.
  intros nonzero positive.
  assert (same : forall k, a * x k = a * x k + 0) by (intro; ring).
  assert (scaled : mean (fun k => a * x k) = a * mean x).
  { rewrite (mean_ext _ _ same), mean_affine. ring. }
  assert (spread : var (fun k => a * x k) = a ^ 2 * var x).
  { unfold var at 1. rewrite scaled.
    rewrite (mean_ext _ (fun k => a ^ 2 * (x k - mean x) ^ 2 + 0)) by (intro; ring).
    rewrite mean_affine. unfold var. ring. }
  assert (size : Rabs a <> 0) by (apply Rabs_no_R0; exact nonzero).
  assert (root : std eps (fun k => a * x k) = Rabs a * std (eps / a ^ 2) x).
  { unfold std. rewrite spread.
    replace (a ^ 2 * var x + eps) with (Rsqr a * (var x + eps / a ^ 2))
      by (unfold Rsqr; field; exact nonzero).
    rewrite sqrt_mult_alt by (apply Rle_0_sqr). now rewrite sqrt_Rsqr_abs. }
  assert (apart : std (eps / a ^ 2) x <> 0) by (apply Rgt_not_eq, sqrt_lt_R0; exact positive).
  unfold bn, xhat. rewrite root, scaled. field. now split.
Qed.

(* F07 *)
Theorem identity_recovery eps x i :
  0 < var x + eps -> bn (std eps x) (mean x) eps x i = x i.
Proof.
  intro positive. unfold bn, xhat. field. apply Rgt_not_eq, sqrt_lt_R0. exact positive.
Qed.

(* B01: the closed form, and that it is the derivative along every direction v. *)

Definition dx gamma eps x g j :=
  gamma / std eps x * (g j - mean g - xhat eps x j * mean (fun i => g i * xhat eps x i)).

Definition loss g gamma beta eps x := sum (fun i => g i * bn gamma beta eps x i).

Lemma derive_normalized (V : R -> R) slope eps c d :
  is_derive V 0 slope -> 0 < V 0 + eps ->
  is_derive (fun h => (c + h * d) / sqrt (V h + eps)) 0
    (d / sqrt (V 0 + eps) - c * slope / (2 * sqrt (V 0 + eps) ^ 3)).
Proof.
  intros along positive.
  assert (root : 0 < sqrt (V 0 + eps)) by (apply sqrt_lt_R0; exact positive).
  auto_derive.
  - repeat split; try (exists slope; exact along); lra.
  - replace (Derive (fun x : R => V x) 0) with slope by (symmetry; apply is_derive_unique; exact along).
    field. lra.
Qed.

Lemma derive_var x v :
  is_derive (fun h => var (fun i => x i + h * v i)) 0
    (2 / M * sum (fun i => (x i - mean x) * v i)).
Proof.
  apply (is_derive_ext (fun h => / M * sum (fun i => (x i - mean x + h * (v i - mean v)) ^ 2))).
  { intro h. unfold var. rewrite mean_line. unfold mean at 3. unfold Rdiv. rewrite Rmult_comm.
    f_equal. apply total_ext. intro. f_equal. ring. }
  replace (2 / M * sum (fun i => (x i - mean x) * v i))
    with (/ M * sum (fun i => 2 * (x i - mean x) * (v i - mean v))).
  { apply (is_derive_scal (fun h => sum (fun i => (x i - mean x + h * (v i - mean v)) ^ 2))).
    apply (derive_total m (fun i h => (x i - mean x + h * (v i - mean v)) ^ 2)).
    intro i. auto_derive; [exact I | ring]. }
  rewrite (total_ext m _ (fun i => 2 * ((x i - mean x) * v i)
    + (- 2 * mean v) * (x i - mean x))) by (intro; ring).
  rewrite (total_add m (fun i => 2 * ((x i - mean x) * v i))), !total_scale, centred.
  field. exact M_not_0.
Qed.

Theorem backward g gamma beta eps x v :
  0 < var x + eps ->
  is_derive (fun h => loss g gamma beta eps (fun i => x i + h * v i)) 0
    (sum (fun j => v j * dx gamma eps x g j)).
Proof.
  intro positive.
  set (r := std eps x).
  assert (root : 0 < r) by (apply sqrt_lt_R0; exact positive).
  assert (unmoved : forall f, var (fun i => x i + 0 * f i) = var x).
  { intro f. unfold var. assert (E : mean (fun i => x i + 0 * f i) = mean x).
    { apply mean_ext. intro. ring. }
    rewrite E. apply mean_ext. intro. f_equal. ring. }
  pose (C := sum (fun i => (x i - mean x) * v i)).
  pose (slope i := g i * (gamma * ((v i - mean v) / r
    - (x i - mean x) * (2 / M * C) / (2 * r ^ 3)))).
  replace (sum (fun j => v j * dx gamma eps x g j)) with (sum slope).
  - apply (is_derive_ext (fun h => sum (fun i => g i * (gamma *
      ((x i - mean x + h * (v i - mean v)) / sqrt (var (fun k => x k + h * v k) + eps)) + beta)))).
    { intro h. unfold loss, bn, xhat, std. apply total_ext. intro i. rewrite mean_line.
      f_equal. f_equal. f_equal. f_equal. ring. }
    apply (derive_total m (fun i h => g i * (gamma *
      ((x i - mean x + h * (v i - mean v)) / sqrt (var (fun k => x k + h * v k) + eps)) + beta))).
    intro i. unfold slope.
    apply (is_derive_scal (fun h => gamma * ((x i - mean x + h * (v i - mean v))
      / sqrt (var (fun k => x k + h * v k) + eps)) + beta)).
    rewrite <- (Rplus_0_r (gamma * _)).
    apply (is_derive_plus (fun h => gamma * ((x i - mean x + h * (v i - mean v))
      / sqrt (var (fun k => x k + h * v k) + eps))) (fun _ => beta) 0 _ 0);
      [| exact (is_derive_const beta 0)].
    apply (is_derive_scal (fun h => (x i - mean x + h * (v i - mean v))
      / sqrt (var (fun k => x k + h * v k) + eps))).
    pose proof (derive_normalized (fun h => var (fun k => x k + h * v k)) (2 / M * C) eps
      (x i - mean x) (v i - mean v) (derive_var x v)) as found.
    cbv beta in found. rewrite unmoved in found. exact (found positive).
  - (* the algebra: both are gamma / r (B - mean v G - A C / (r^2 m)) *)
    pose (A := sum (fun i => g i * (x i - mean x))).
    pose (B := sum (fun i => g i * v i)).
    pose (G := sum g).
    transitivity (gamma / r * (B - mean v * G - A * C / (r ^ 2 * M))).
    + rewrite (total_ext m slope (fun i => (gamma / r) * (g i * v i)
        + ((- (gamma / r) * mean v) * g i
        + (- (gamma / r ^ 3) * C / M) * (g i * (x i - mean x)))))
        by (intro; unfold slope; field; apart).
      rewrite (total_add m (fun i => gamma / r * (g i * v i))),
        (total_add m (fun i => - (gamma / r) * mean v * g i)), !total_scale.
      fold A B G. field. apart.
    + assert (E : mean (fun i => g i * xhat eps x i) = A / (r * M)).
      { unfold mean. rewrite (total_ext m _ (fun i => / r * (g i * (x i - mean x))))
          by (intro; unfold xhat; fold r; field; lra).
        rewrite total_scale. fold A. field. apart. }
      rewrite (total_ext m (fun j => v j * dx gamma eps x g j) (fun i => (gamma / r) * (g i * v i)
        + ((- (gamma / r) * mean g) * v i
        + (- (gamma / r ^ 2) * (A / (r * M))) * ((x i - mean x) * v i))))
        by (intro; unfold dx; rewrite E; unfold xhat; fold r; field; apart).
      rewrite (total_add m (fun i => gamma / r * (g i * v i))),
        (total_add m (fun i => - (gamma / r) * mean g * v i)), !total_scale.
      fold B C. unfold mean. fold G. field. apart.
Qed.

(* B03 *)
Theorem sum_dx_is_zero gamma eps x g : 0 < var x + eps -> sum (dx gamma eps x g) = 0.
Proof.
  intro positive. set (r := std eps x).
  assert (root : 0 < r) by (apply sqrt_lt_R0; exact positive).
  set (q := mean (fun i => g i * xhat eps x i)).
  rewrite (total_ext m _ (fun j => (gamma / r) * (g j - mean g)
    + (- (gamma / r ^ 2) * q) * (x j - mean x)))
    by (intro; unfold dx; fold q; unfold xhat; fold r; field; lra).
  rewrite (total_add m (fun j => gamma / r * (g j - mean g))), !total_scale, !centred. ring.
Qed.

End BatchNorm.

Print Assumptions backward.
