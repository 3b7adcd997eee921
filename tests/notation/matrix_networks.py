"""Networks whose gradients have matrix forms, as text."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Network:
    text: str
    given: tuple[str, ...] = ()
    shapes: dict[str, str] = field(default_factory=dict)
    wrt: tuple[str, ...] = ()


NETWORKS = {
    "affine": Network("z[i] := sum(W[i,j]*x[j], j) + b[i]"),
    "batch affine": Network("Z[n,k] := sum(X[n,j]*W[j,k], j) + b[k]", shapes={"X": "N J"}),
    "squared error": Network("L := sum((sum(A[i,j]*x[j], j) - b[i])**2, i)"),
    "ridge": Network("L := sum((sum(X[n,j]*w[j], j) - y[n])**2, n) + mu*sum(w[j]**2, j)"),
    "logistic": Network(
        "z[n] := sum(X[n,j]*w[j], j); p[n] := sigmoid(z[n]); L := -sum(y[n]*log(p[n]) + (1-y[n])*log(1-p[n]), n)",
        wrt=("w",),
    ),
    "softmax": Network(
        "z[n,k] := sum(X[n,j]*W[j,k], j); p[n,k] := exp(z[n,k])/sum(exp(z[n,q]), q); L := -sum(y[n,k]*log(p[n,k]), n, k)/N",
        ("sum(y[n,k], k) = 1",),
        {"X": "N J"},
        ("W",),
    ),
    "two layers": Network(
        "z1[i] := sum(W1[i,j]*x[j], j) + b1[i]; a1[i] := sigmoid(z1[i]); z2[k] := sum(W2[k,i]*a1[i], i) + b2[k]; "
        "a2[k] := sigmoid(z2[k]); L := sum((a2[k]-y[k])**2, k)/2"
    ),
    "any activation": Network(
        "function f; z1[i] := sum(W1[i,j]*x[j], j); a1[i] := f(z1[i]); z2[k] := sum(W2[k,i]*a1[i], i); "
        "L := sum((z2[k]-y[k])**2, k)/2"
    ),
    "relu in a batch": Network(
        "Z1[n,i] := sum(X[n,j]*W1[j,i], j) + b1[i]; H[n,i] := relu(Z1[n,i]); Z2[n,k] := sum(H[n,i]*W2[i,k], i) + b2[k]; "
        "L := sum((Z2[n,k]-Y[n,k])**2, n, k)/N",
        shapes={"X": "N J"},
    ),
    "autoencoder": Network(
        "H[n,k] := sum(X[n,j]*W[j,k], j); R[n,j] := sum(H[n,k]*V[k,j], k) - X[n,j]; L := sum(R[n,j]**2, n, j)"
    ),
    "tied autoencoder": Network(
        "h[k] := sum(W[k,j]*x[j], j); r[j] := sum(W[k,j]*h[k], k) - x[j]; L := sum(r[j]**2, j)"
    ),
    "attention": Network(
        "S[i,j] := sum(Q[i,d]*K[j,d], d)/sqrt(D); P[i,j] := exp(S[i,j])/sum(exp(S[i,q]), q); O[i,d] := sum(P[i,j]*V[j,d], j)",
        shapes={"Q": "N D", "K": "M D", "V": "M E"},
    ),
    "trace": Network("L := sum(A[i,j]*X[j,k]*B[k,i], i, j, k)"),
    "quadratic form": Network("L := sum(x[i]*A[i,j]*x[j], i, j)"),
    "graph convolution": Network("Z[i,k] := sum(A[i,j]*H[j,d]*W[d,k], j, d); Y[i,k] := relu(Z[i,k])"),
    "weight norm": Network("s := sqrt(sum(v[i]**2, i)); w[i] := g*v[i]/s; y := sum(w[i]*x[i], i); L := (y - t)**2/2"),
    "residual": Network("z[i] := sum(W[i,j]*x[j], j) + b[i]; y[i] := x[i] + tanh(z[i]); L := sum(y[i]*c[i], i)"),
    "recurrent step": Network(
        "z[i] := sum(W[i,j]*h[j], j) + sum(U[i,k]*x[k], k) + b[i]; s[i] := tanh(z[i]); L := sum(c[i]*s[i], i)"
    ),
    "layer norm": Network(
        "m := sum(x[i], i)/n; v := sum((x[i]-m)**2, i)/n; s := sqrt(v + eps); y[i] := g[i]*(x[i]-m)/s + b[i]",
        shapes={"x": "n"},
    ),
    "batch norm": Network(
        "m[j] := sum(X[n,j], n)/N; v[j] := sum((X[n,j]-m[j])**2, n)/N; s[j] := sqrt(v[j]+eps); "
        "H[n,j] := (X[n,j]-m[j])/s[j]; Y[n,j] := g[j]*H[n,j] + b[j]",
        shapes={"X": "N J"},
    ),
    "norm": Network("L := sqrt(sum(x[i]**2, i))"),
    "frobenius": Network("L := sqrt(sum(X[i,j]**2, i, j))"),
    "log det": Network("L := log(det(X[i,j], i, j))", shapes={"X": "n n"}),
    "gaussian": Network("L := sum(mu[i]**2 + s[i]**2 - 1 - 2*log(s[i]), i)/2"),
    "planar flow": Network("a := sum(w[i]*z[i], i) + b; y[i] := z[i] + u[i]*tanh(a)"),
    "hopfield": Network("L := -sum(x[i]*W[i,j]*x[j], i, j)/2 + sum(b[i]*x[i], i)"),
    "bilinear": Network("s := sum(u[i]*M[i,j]*v[j], i, j); L := log(1 + exp(-s))"),
    "kernel": Network("L := sum(X[i,k]*X[j,k]*C[i,j], i, j, k)"),
    "factorisation": Network("R[i,j] := sum(U[i,k]*V[j,k], k) - Y[i,j]; L := sum(M[i,j]*R[i,j]**2, i, j)"),
    "gate": Network(
        "i[k] := sigmoid(a[k]); c[k] := f[k]*q[k] + i[k]*g[k]; h[k] := o[k]*tanh(c[k]); L := sum(h[k]*t[k], k)"
    ),
    "row sums": Network("r[i] := sum(X[i,j], j); L := sum(r[i]**2, i)"),
    "everything": Network("L := sum(exp(X[i,j]), i, j)"),
    "centred": Network("C[i,j] := X[i,j] - sum(X[k,j], k)/n; L := sum(C[i,j]*G[i,j], i, j)", shapes={"X": "n d"}),
    "scaled rows": Network("Y[i,j] := v[i]*X[i,j]*w[j]; L := sum(Y[i,j]*G[i,j], i, j)"),
    "no text book has it": Network("L := sum(tanh(u[i]*v[j] + a[i] - b[j])*exp(-a[i]), i, j)"),
    "distances": Network("D[i,j] := sum((X[i,k] - Y[j,k])**2, k); L := sum(exp(-D[i,j])*G[i,j], i, j)"),
}
