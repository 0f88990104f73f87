"""The models of hostile.py for recurrent layers and attention: the same arguments, the same rules."""
import hostile
from hostile import FLOAT, INT32, INT64, array, case, model, node, value

hostile.CASES.clear()
hostile.OPTIONS.clear()


def layer(op, shapes, types=(), outputs=("y",), opset=22, **attributes):
    """A node whose inputs are the graph's: one shape each, None where it is left out."""
    names = ["" if shape is None else f"x{i}" for i, shape in enumerate(shapes)]
    types = [*types, *[FLOAT] * (len(shapes) - len(types))]
    return model([node(op, names, list(outputs), **attributes)],
                 [value(n, s, t) for n, s, t in zip(names, shapes, types) if n], opset=opset, ir=13)


def lstm(extra=(), types=(), x=(3, 2, 4), w=(1, 20, 4), r=(1, 20, 5), **attributes):
    return layer("LSTM", [x, w, r, *extra], types, **attributes)


case("L-rank", "E2302", "'bad'", lambda: lstm(x=(3, 4)))
case("L-weights", "E2302", "expected [1, 20, 4]", lambda: lstm(w=(1, 20, 3)))
case("L-square", "E2302", "expected [1, 20, 5]", lambda: lstm(r=(1, 24, 5)))
case("L-directions", "E2302", "expected [2, 20, 4]", lambda: lstm(direction="bidirectional"))
case("L-bias", "E2302", "expected [1, 40]", lambda: lstm([(1, 20)]))
case("L-lengths", "E2302", "expected [2]", lambda: lstm([None, (3,)], [FLOAT] * 4 + [INT32]))
case("L-lengths-type", "E2308", "int32", lambda: lstm([None, (2,)], [FLOAT] * 4 + [INT64]))
case("L-state", "E2302", "expected [1, 2, 5]", lambda: lstm([None, None, (2, 1, 5)]))
case("L-peepholes", "E2302", "expected [1, 15]", lambda: lstm([None] * 4 + [(1, 20)]))
case("L-integers", "E2308", "'bad'", lambda: lstm(types=[INT32]))
case("L-hidden-size", "E2016", "must be 5", lambda: lstm(hidden_size=6))
case("L-direction", "E2016", "'direction'", lambda: lstm(direction="sideways"))
case("L-clip", "E2016", "'clip'", lambda: lstm(clip=-1.0))
case("L-clip-nan", "E2016", "'clip'", lambda: lstm(clip=float("nan")))
case("L-activation", "E2016", "unknown function 'Sine'", lambda: lstm(activations=["Sigmoid", "Sine", "Tanh"]))
case("L-activations", "E2016", "2 names, expected 3", lambda: lstm(activations=["Sigmoid", "Tanh"]))
case("L-alpha", "E2016", "finite", lambda: lstm(activations=["Elu", "Tanh", "Tanh"], activation_alpha=[float("inf")]))
case("L-empty", "E2105", "no elements", lambda: lstm(x=(0, 2, 4), outputs=("", "y")))
case("L-empty-inputs", "E2105", "no elements", lambda: lstm(x=(3, 2, 0), w=(1, 20, 0)))
case("L-huge", "E2107", "'bad'", lambda: lstm(x=(2**24, 1, 4), r=(1, 2**16, 2**14), w=(1, 2**16, 4)))
case("G-weights", "E2302", "expected [1, 15, 4]", lambda: layer("GRU", [(3, 2, 4), (1, 20, 4), (1, 15, 5)]))
case("R-weights", "E2302", "expected [1, 5, 5]", lambda: layer("RNN", [(3, 2, 4), (1, 5, 4), (1, 4, 5)]))


def attention(q=(1, 2, 3, 4), k=(1, 2, 5, 4), v=(1, 2, 5, 4), extra=(), types=(), **attributes):
    return layer("Attention", [q, k, v, *extra], types, opset=25, **attributes)


case("A-ranks", "E2302", "different ranks", lambda: attention(k=(1, 5, 8), kv_num_heads=2))
case("A-heads", "E2016", "'q_num_heads'", lambda: attention((1, 3, 8), (1, 5, 8), (1, 5, 8), q_num_heads=3, kv_num_heads=2))
case("A-no-heads", "E2016", "'kv_num_heads'", lambda: attention((1, 3, 8), (1, 5, 8), (1, 5, 8), q_num_heads=2, kv_num_heads=-2))
case("A-zero-heads", "E2302", "cannot combine", lambda: attention(k=(1, 0, 5, 4), v=(1, 0, 5, 4)))
case("A-all-zero-heads", "E2302", "cannot combine", lambda: attention((1, 0, 3, 4), (1, 0, 5, 4), (1, 0, 5, 4)))
case("A-groups", "E2302", "cannot combine", lambda: attention(q=(1, 3, 3, 4)))
case("A-past", "E2011", "past_value", lambda: attention(extra=[None, (1, 2, 6, 4)]))
case("A-past-shape", "E2302", "does not continue", lambda: attention(extra=[None, (1, 2, 6, 5), (1, 2, 6, 4)]))
case("A-mask", "E2301", "broadcast", lambda: attention(extra=[(2, 5)]))
case("A-mask-rank", "E2302", "'bad'", lambda: attention(extra=[(1, 1, 1, 3, 5)]))
case("A-mask-type", "E2308", "'bad'", lambda: attention(extra=[(3, 5)], types=[FLOAT] * 3 + [INT32]))
case("A-window", "E2016", "'left_window_size'", lambda: attention(left_window_size=-2))
case("A-scale", "E2016", "'scale'", lambda: attention(scale=float("nan")))
case("A-softcap", "E2016", "'softcap'", lambda: attention(softcap=-1.0))
case("A-mode", "E2016", "'qk_matmul_output_mode'", lambda: attention(qk_matmul_output_mode=4, outputs=("y", "", "", "z")))
case("A-lengths", "E2302", "must hold 1 int64", lambda: attention(extra=[None, None, None, (2,)], types=[FLOAT] * 6 + [INT64]))
case("A-huge", "E2107", "'bad'", lambda: attention((1, 2, 2**30, 4), (1, 2, 2**30, 4), (1, 2, 2**30, 4)))


def linear_attention(q=(1, 3, 8), k=(1, 3, 8), v=(1, 3, 8), extra=(), **attributes):
    return layer("LinearAttention", [q, k, v, *extra], opset=27, **{"q_num_heads": 2, "kv_num_heads": 2, "update_rule": "linear", **attributes})


case("S-rule", "E2016", "'update_rule'", lambda: linear_attention(update_rule="magic"))
case("S-inputs", "E2011", "update rule 'gated'", lambda: linear_attention(update_rule="gated"))
case("S-heads", "E2016", "'q_num_heads'", lambda: linear_attention(q_num_heads=0))
case("S-shapes", "E2302", "cannot combine", lambda: linear_attention(v=(1, 4, 8)))
case("S-steps", "E2309", "unrolls at most", lambda: linear_attention((1, 5000, 8), (1, 5000, 8), (1, 5000, 8)))
case("S-past", "E2302", "must have shape [1, 2, 4, 4]", lambda: linear_attention(extra=[(1, 2, 4, 5)]))
case("S-empty", "E2105", "no elements", lambda: linear_attention((1, 3, 0), (1, 3, 0)))
case("S-no-heads", "E2302", "cannot combine", lambda: linear_attention(k=(1, 3, 0)))
case("S-no-steps", "E2105", "no elements", lambda: linear_attention((1, 0, 8), (1, 0, 8), (1, 0, 8)))


def rotary(x=(1, 2, 3, 8), cosines=(5, 4), sines=(5, 4), positions=(1, 3), types=(FLOAT, FLOAT, FLOAT, INT64), **attributes):
    return layer("RotaryEmbedding", [x, cosines, sines, positions], types, opset=23, **attributes)


case("P-odd", "E2016", "'rotary_embedding_dim'", lambda: rotary(rotary_embedding_dim=3))
case("P-large", "E2016", "'rotary_embedding_dim'", lambda: rotary(rotary_embedding_dim=10))
case("P-table", "E2302", "does not give [1, 3, 4]", lambda: rotary(cosines=(5, 3)))
case("P-positions", "E2302", "must have shape [1, 3]", lambda: rotary(positions=(1, 2)))
case("P-positions-type", "E2308", "integers", lambda: rotary(types=(FLOAT,) * 4))
case("P-steps", "E2302", "'bad'", lambda: rotary(positions=None))
case("P-heads", "E2016", "'num_heads'", lambda: rotary(x=(1, 3, 16)))

if __name__ == "__main__":
    hostile.main()
