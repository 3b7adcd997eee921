"""Why mutants that nothing finds out, and no canonical form proves equal, are no errors: derivation, place and reason."""

from __future__ import annotations

from collections.abc import Mapping

PRECISION = "the precision is the inverse of a symmetric matrix, so symmetric"
EVEN = "the standard Gaussian is symmetric: t and -t have the same distribution"
RELU = "y and -y have the same distribution"
SLACK = "of the mass moved and the slack one is 0 at every pair, as the next lines say"
IDENTITY = "the matrix is the identity"
DEVIATIONS = "the deviations add up to 0, as the result says, and so do their multiples"
IN_WINDOW = "only a sample of the window is its maximum, unless two samples are equal"
APART = "two different entries have the expected product 0"
AFTER = "after the last step c reads as zero, and tanh 0 is 0"
BEFORE = "before the first step z reads as zero, and tanh 0 is 0"
CARRIED = "a state that is carried on is the state before, and so is its gradient"
SLOPE = "the slope of tanh is even"
BIT = "a bit is its own square"
DIAGONAL = "the loss sees partners' own probabilities alone: p_bar is 0 off the diagonal"
ALTERNATES = "only whether k is even matters, and k², −k are even where k is"
PERPENDICULAR = "what a projection leaves is at right angles to every column of what lies in its space"
ORTHONORMAL = "the columns are orthonormal, so that a projection is its own square"
MOVED = "where the bell stands does not change its area"
NOUGHT = "in the case of equality the divergence is 0"
BEGINS = "the accumulator begins at 0"
ROOM = "a threshold between two whole numbers leaves room: the unit fires at the same patterns"
REASONS: Mapping[tuple[str, str], str] = {
    ("adagrad-sum", "s[0]"): BEGINS,
    ("gan-least-value", "2*J"): NOUGHT,
    ("gan-least-value", "J"): NOUGHT,
    ("pac-bayes-bound", "K"): "the bound is attained where Q is P, and there the divergence is 0",
    ("eckart-young", "R[i,t]"): PERPENDICULAR,
    ("eckart-young", "P[i,t]"): PERPENDICULAR,
    ("eckart-young", "-2*sum(R[i,t]*P[i,t], i = 0..n-1, t = 0..s-1)"): PERPENDICULAR,
    ("eckart-young", "t of -2*sum(R[i,t]*P[i,t], i = 0..n-1, t = 0..s-1)"): PERPENDICULAR,
    ("pca-reconstruction-error", "U[j,k]"): ORTHONORMAL,
    ("info-nce-bound", "I"): "the bound is attained where the two sides are independent, and there I is 0",
    ("union-bound", "u[k]"): BIT,
    **{
        ("gaussian-moment-generating-function", place): MOVED
        for place in ("t[x]", "-mu", "mu", "-s*sigma**2", "s", "sigma**2")
    },
    **{
        ("clause-xor-threshold-network", place): ROOM
        for place in ("a[k]", "-q[k]", "-p[k]", "-[a[k] - b[k] >= -1/2]", "-[-c[k] - d[k] >= -3/2]")
    },
    ("half-spaces-miss", "b[n,i]"): "a row of Pascal's triangle reads the same from both ends",
    ("willshaw-monotone-recall", "A[j,i]"): BIT,
    (
        "wasserstein-line",
        "k of sum(f[k]*h[k], k = 0..n-1)",
    ): "h is 0 at the last place, as a later line says",
    ("willshaw-load", "u[0]"): "u[0] is 1, as the next line says",
    ("jump", "J[0]"): "J[0] is 1, as the next line says",
    ("perceptron-norm-growth", "y[t-1]**2"): "a label is 1 or -1, as the next line says",
    ("gd-eigen-component", "c[0]"): "c[0] is 0: the weights start at the origin",
    ("gaussian-covariance-gradient", "P[j,i]"): PRECISION,
    ("gaussian-covariance-gradient", "P[i,j]"): PRECISION,
    ("hopfield-energy-change", "-W[k,k]*d[k]**2/2"): "no unit is connected to itself: W[k,k] is 0",
    ("relu-half", "y[o]"): RELU,
    ("he-initialisation", "y[o]"): RELU,
    ("reparameterisation", "sigma*t[e]"): EVEN,
    ("reparameterised-gradient-mean", "sigma*t[e]"): EVEN,
    ("reparameterised-gradient-deviation", "sigma*t[e]"): EVEN,
    ("matrix-determinant-lemma", "det([i = j], i = 0..n-1, j = 0..n-1)"): IDENTITY,
    ("matrix-determinant-lemma", "inv([k = l], k = 0..n-1, l = 0..n-1)[j,i]"): IDENTITY,
    ("transport-duality", "s[i,j]"): SLACK,
    ("transport-duality", "j of sum(T[i,j]*s[i,j], i = 0..n-1, j = 0..m-1)"): SLACK,
    ("batch-deviations", "sum(x[n,c] - mu[c], n = 0..N-1)"): DEVIATIONS,
    ("max-pooling-gradient", "[i*s <= a]"): IN_WINDOW,
    ("max-pooling-gradient", "[a < i*s+r]"): IN_WINDOW,
    ("masked-rnn-weights", "z[t,i]"): SLOPE,
    ("masked-rnn-errors", "z[t,i]"): SLOPE,
    ("tanh-derivative", "z[i]"): SLOPE,
    ("masked-rnn-errors", "[0 < t]"): BEFORE,
    ("masked-rnn-errors", "h[t-1,i]"): CARRIED,
    ("masked-rnn-errors", "h_bar[t,i]"): CARRIED,
    ("masked-rnn-errors", "∂h/∂h[k,j,t,i]"): CARRIED,
    ("masked-rnn-weights", "[0 < t]"): BEFORE,
    ("masked-rnn-weights", "h[t-1,i]"): CARRIED,
    ("masked-rnn-weights", "h_bar[t,i]"): CARRIED,
    ("masked-rnn-weights", "∂h/∂h[k,j,t,i]"): CARRIED,
    ("stable-eigenvalues-counterexample", "u[0]"): "u[0] is 1, as the next line says",
    ("info-nce-gradient", "p_bar[n,m]"): DIAGONAL,
    ("info-nce-gradient", "∂p/∂s[j,i,n,m]"): DIAGONAL,
    ("info-nce-temperature", "p_bar[n,m]"): DIAGONAL,
    ("info-nce-temperature", "∂p/∂s[j,i,n,m]"): DIAGONAL,
    ("info-nce-partner-gradient", "p_bar[n,m]"): DIAGONAL,
    ("info-nce-partner-gradient", "∂p/∂s[j,i,n,m]"): DIAGONAL,
    ("info-nce-gradient", "s[n,m]"): DIAGONAL,
    ("info-nce-temperature", "s[n,m]"): DIAGONAL,
    ("info-nce-partner-gradient", "s[n,m]"): DIAGONAL,
    ("distillation-high-temperature", "q[k]"): "at s = 0 all are 1/C, as the next lines say",
    ("backward-variance", "D[o,i]"): APART,
    ("unit-variance", "x[o,j]"): APART,
    ("he-backward", "a[o]**2"): "a slope that is 0 or 1 is its own square",
    ("dot-product-variance", "A[i,j]"): APART,
    ("dot-product-variance", "B[i,j]"): APART,
    ("dot-product-variance", "[i = j]"): APART,
    ("positional-encoding-dot-product", "a[t,k]**2 + b[t,k]**2"): "the squares add up to 1, as the next line says",
    ("bidirectional-backward-states", "[t < T]"): AFTER,
    ("bidirectional-backward-weights", "[t < T]"): AFTER,
    (
        "mcculloch-pitts-normal-form",
        "B[k,i]",
    ): "a bit is its own square, and where the conjunction is 1 both patterns are one",
    ("parity-threshold-network", "k"): ALTERNATES,
    ("parity-threshold-network", "B[a,i]"): BIT,
    ("hamming-network", "k"): ALTERNATES,
    ("hamming-network", "D[c,i]"): BIT,
    ("hamming-network", "B[a,i]"): BIT,
    ("layer-deviations", "sum(x[n,c] - mu[n], c = 0..C-1)"): DEVIATIONS,
    ("gelu-slope", "z[j]"): "the density of the normal is even",
    ("rotary-relative-position", "(m - n)*theta[i]"): "the cosine is even",
}
