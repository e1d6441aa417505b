"""Features from hooks against the network cut by hand; the probe against scikit-learn."""

import sys

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from glaucam.errors import InputError, ModelError
from glaucam.plots.embedding import embedding_figure
from glaucam.plots.panel import to_image
from glaucam.training.embeddings import embed, flatten, knn_probe, nearest, probe_report
from tests.nets import flat_sequential


def clusters(seed, n=60, classes=3, spread=1.2):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    return rng.normal(0, 1, (classes, 8))[y] + rng.normal(0, spread, (n, 8)), y


@pytest.mark.parametrize("name", ["retinal_cnn", "resnet18"])
def test_features_are_what_the_last_linear_layer_is_given(name, build_net):
    net = build_net(name)
    images = torch.randn(5, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    X = embed(net, images, batch_size=2)  # a last batch of one
    last = [m for m in net.modules() if isinstance(m, nn.Linear)][-1]
    assert X.shape == (5, last.in_features)
    with torch.no_grad():
        torch.testing.assert_close(last(X), net(images), rtol=1e-4, atol=1e-5)


def test_the_network_is_left_as_it_was():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.AdaptiveAvgPool2d(1),
                        nn.Flatten(), nn.Linear(4, 2)).train()  # fmt: skip
    before = {k: v.clone() for k, v in net.state_dict().items()}
    embed(net, torch.randn(4, 3, 16, 16))
    assert net.training
    assert all(not module._forward_pre_hooks for module in net.modules())
    for key, value in net.state_dict().items():
        assert torch.equal(value, before[key])


def test_a_network_without_a_linear_layer_is_refused():
    net = nn.Sequential(*list(flat_sequential())[:-1])
    with pytest.raises(ModelError, match="no linear layer"):
        embed(net, torch.randn(2, 3, 8, 8))
    tokens = nn.Sequential(nn.Flatten(2), nn.Linear(64, 4))
    with pytest.raises(ModelError, match="expected one vector per image"):
        embed(tokens, torch.randn(2, 3, 8, 8))
    assert not tokens[1]._forward_pre_hooks


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 2, 5, 10])
@pytest.mark.parametrize("seed", range(3))
def test_the_probe_agrees_with_scikit_learn(distance, k, seed):
    (X, y), (T, _) = clusters(seed), clusters(seed + 100)
    peer = KNeighborsClassifier(k, metric=distance, algorithm="brute").fit(X, y)
    np.testing.assert_array_equal(knn_probe(X, y, T, k, distance), peer.predict(T))
    order, distances = nearest(X, T, k, distance)
    expected, neighbours = peer.kneighbors(T)
    np.testing.assert_allclose(distances, expected, atol=1e-6)
    np.testing.assert_array_equal(order, neighbours)


def test_a_case_worked_by_hand():
    # Along one ray everything is near by cosine; by Euclid the small vectors keep to themselves.
    X, y = np.array([[1, 0], [2, 0.1], [0, 1], [0.1, 0.2]]), np.array([0, 0, 1, 1])
    assert knn_probe(X, y, [[0.2, 0.0]], 1, "cosine").tolist() == [0]
    assert knn_probe(X, y, [[0.2, 0.0]], 1, "euclidean").tolist() == [1]
    assert knn_probe(X, y, [[0.1, 0.9]], 4, "euclidean").tolist() == [0]  # two each: the smaller


def test_the_report_states_k_and_distance():
    X, y = clusters(0, spread=0.1)
    rows = probe_report(X, y, X, y)
    assert rows == [{"k": k, "distance": "cosine", "n": 60, "accuracy": 1.0} for k in (5, 10)]
    assert [row["k"] for row in probe_report(X[:7], y[:7], X, y)] == [5]


def test_pca_is_scikit_learns():
    X, _ = clusters(1)
    points = flatten(X, with_umap=False)
    np.testing.assert_allclose(points, PCA(2).fit_transform(X), atol=1e-9)


@pytest.mark.slow
def test_umap_keeps_clusters_together_and_is_the_same_again():
    X, y = clusters(2, n=24, spread=0.05)
    points = flatten(X, seed=3)
    flat = points[["umap_1", "umap_2"]].to_numpy()
    assert (knn_probe(flat, y, flat, 3, "euclidean") == y).mean() > 0.9
    pd.testing.assert_frame_equal(points, flatten(X, seed=3))


def test_without_umap_learn_the_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(InputError, match=r"glaucam\[teach\]"):
        flatten(clusters(0)[0])


def test_the_figure_is_drawn_from_the_table():
    X, y = clusters(0)
    points = flatten(X, with_umap=False)
    points["true"], points["predicted"] = np.array(["a", "b", "c"])[y], "a"
    assert np.asarray(to_image(embedding_figure(points, ("a", "b", "c"), "t", "n"))).std() > 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([[1, 2]], [0], [[1, 2]], 2), "k is 2"),
        (([[1, 2]], [0], [[1, 2, 3]], 1), r"expected \[N,D\] and \[M,D\]"),
        (([[1, np.nan]], [0], [[1, 2]], 1), "NaN"),
        (([[1, 2]], [0, 1], [[1, 2]], 1), "one per training row"),
        (([[1, 2]], [0], [[1, 2]], 1, "manhattan"), "expected cosine or euclidean"),
    ],
)
def test_what_cannot_be_probed_is_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        knn_probe(*arguments)
