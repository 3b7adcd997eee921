"""The networks that the benchmarks derive, as somebody would type them; every dimension is a letter."""

from derive.calculus.program import Program
from derive.notation.index_language import program

TRANSFORMER = """
mu[t] := sum(x[t,d], d)/D
v[t] := sum((x[t,d] - mu[t])**2, d)/D
s[t] := sqrt(v[t] + eps)
n[t,d] := (x[t,d] - mu[t])/s[t]*g1[d] + c1[d]
q[h,t,e] := sum(n[t,d]*Wq[h,d,e], d)
k[h,t,e] := sum(n[t,d]*Wk[h,d,e], d)
w[h,t,e] := sum(n[t,d]*Wv[h,d,e], d)
S[h,t,u] := sum(q[h,t,e]*k[h,u,e], e)/sqrt(K)
E[h,t,u] := exp(S[h,t,u])*[u <= t]
Z[h,t] := sum(E[h,t,u], u)
P[h,t,u] := E[h,t,u]/Z[h,t]
o[h,t,e] := sum(P[h,t,u]*w[h,u,e], u)
r[t,d] := x[t,d] + sum(o[h,t,e]*Wo[h,e,d], h, e)
mu2[t] := sum(r[t,d], d)/D
v2[t] := sum((r[t,d] - mu2[t])**2, d)/D
s2[t] := sqrt(v2[t] + eps)
m[t,d] := (r[t,d] - mu2[t])/s2[t]*g2[d] + c2[d]
f[t,p] := sum(m[t,d]*W1[d,p], d) + b1[p]
a[t,p] := gelu(f[t,p])
y[t,d] := r[t,d] + sum(a[t,p]*W2[p,d], p) + b2[d]
L := sum((y[t,d] - Y[t,d])**2, t, d)
"""

LSTM = """
zi[t,a] := sum(Wi[a,b]*x[t,b], b) + sum(Ui[a,c]*h[t-1,c], c) + bi[a]
zf[t,a] := sum(Wf[a,b]*x[t,b], b) + sum(Uf[a,c]*h[t-1,c], c) + bf[a]
zo[t,a] := sum(Wo[a,b]*x[t,b], b) + sum(Uo[a,c]*h[t-1,c], c) + bo[a]
zg[t,a] := sum(Wg[a,b]*x[t,b], b) + sum(Ug[a,c]*h[t-1,c], c) + bg[a]
c[t,a] := sigmoid(zf[t,a])*c[t-1,a] + sigmoid(zi[t,a])*tanh(zg[t,a])
h[t,a] := sigmoid(zo[t,a])*tanh(c[t,a])
L := sum((h[t,a] - y[t,a])**2, t, a)
"""

RNN = """
z[t,i] := sum(W[i,j]*h[t-1,j], j) + sum(U[i,k]*x[t,k], k) + b[i]
h[t,i] := tanh(z[t,i])
L := sum((h[t,i] - y[t,i])**2, t, i)
"""

CONVOLUTION = """
Y[n,o,i,j] := sum(X[n,c,s*i+u-p,s*j+v-p]*F[o,c,u,v], c, u, v) + b[o]
L := sum((Y[n,o,i,j] - T[n,o,i,j])**2, n, o, i, j)
"""

ATTENTION = """
S[i,j] := sum(Q[i,d]*K[j,d], d)/sqrt(n)
E[i,j] := exp(S[i,j])
Z[i] := sum(E[i,j], j)
P[i,j] := E[i,j]/Z[i]
O[i,d] := sum(P[i,j]*V[j,d], j)
L := sum(O[i,d]*G[i,d], i, d)
"""

LAYER_NORM = """
m := sum(x[i], i)/n
v := sum((x[i] - m)**2, i)/n
y[i] := g[i]*(x[i] - m)/sqrt(v + eps) + b[i]
L := sum(y[i]*u[i], i)
"""

SOFTMAX = """
z[k] := sum(W[k,j]*x[j], j)
e[k] := exp(z[k])
s := sum(e[k], k)
p[k] := e[k]/s
L := -sum(y[k]*log(p[k]), k)
"""

GCN = """
H[i,d] := relu(sum(A[i,j]*X[j,c]*W[c,d], j, c))
L := sum((H[i,d] - Y[i,d])**2, i, d)
"""


def mlp(depth: int) -> str:
    """Dense tanh layers, each with weights and a bias of its own, and a squared error."""
    lines, below = [], "x"
    for k in range(1, depth + 1):
        lines += [f"z{k}[i] := sum(W{k}[i,j]*{below}[j], j) + b{k}[i]", f"a{k}[i] := tanh(z{k}[i])"]
        below = f"a{k}"
    return "\n".join([*lines, f"L := sum(({below}[i] - y[i])**2, i)"])


def unrolled(steps: int) -> str:
    """A tanh-RNN with its steps written out; all share their weights."""
    lines, below = [], "h0"
    for t in range(1, steps + 1):
        z = f"sum(W[i,j]*{below}[j], j) + sum(U[i,k]*x{t}[k], k) + b[i]"
        lines += [f"z{t}[i] := {z}", f"h{t}[i] := tanh(z{t}[i])"]
        below = f"h{t}"
    return "\n".join([*lines, f"L := sum(({below}[i] - y[i])**2, i)"])


def terms(count: int) -> str:
    """One definition with many terms, each with a coefficient and a vector of its own."""
    body = " + ".join(f"c{k}*x[i]**{k % 5 + 1}*tanh(v{k}[i])" for k in range(1, count + 1))
    return f"z[i] := {body}\nL := sum(z[i]**2, i)"


NETWORKS: dict[str, tuple[str, dict[str, str]]] = {
    "two-layer MLP": (mlp(2), {}),
    "50-layer MLP": (mlp(50), {}),
    "100-layer MLP": (mlp(100), {}),
    "transformer block": (TRANSFORMER, {"x": "T D", "Wq": "H D K"}),
    "LSTM, letter T": (LSTM, {}),
    "RNN, letter T": (RNN, {}),
    "convolution, letter stride and padding": (CONVOLUTION, {"Y": "B O P Q", "X": "B C H W", "F": "O C K K2"}),
    "attention": (ATTENTION, {}),
    "layer normalisation": (LAYER_NORM, {"x": "n"}),
    "softmax cross-entropy": (SOFTMAX, {}),
    "graph convolution": (GCN, {}),
}


def read(text: str, shapes: dict[str, str] | None = None) -> Program:
    """The program of a text."""
    return program(text, shapes=shapes or {})
