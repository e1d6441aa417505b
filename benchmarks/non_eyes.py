"""Pictures that are no eyes, made here. For benchmarks/gate.py; see also packaged_pictures.py.

Each maker draws one picture uint8 [H,W,3] from a random generator; many look like a fundus photo or
a B-scan in one respect (round, orange, branching, layered, speckled) and in no other.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).parent))  # run as a file, from anywhere

from packaged_pictures import photos, rgb

SIDE = 320  # px
Maker = Callable[[np.random.Generator], np.ndarray]
MAKERS: dict[str, Maker] = {}


def made(n: int, seed: int = 0) -> Iterator[tuple[str, np.ndarray]]:
    """``n`` pictures of every category, the same for the same seed: (category, picture)."""
    for order, (name, make) in enumerate(MAKERS.items()):
        for i in range(n):
            yield name, make(np.random.default_rng([seed, order, i]))


def maker(make: Maker) -> Maker:
    MAKERS[make.__name__] = make
    return make


@maker
def solid_colour(rng: np.random.Generator) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), rng.integers(0, 256, 3), np.uint8)


@maker
def orange_card(rng: np.random.Generator) -> np.ndarray:
    return _finish(_fundus_colour(rng) * np.ones((SIDE, SIDE, 1)), rng, 0.01)


@maker
def white_noise(rng: np.random.Generator) -> np.ndarray:
    channels = int(rng.choice([1, 3]))
    return rgb(rng.integers(0, 256, (SIDE, SIDE, channels)).astype(np.uint8))


@maker
def clouds(rng: np.random.Generator) -> np.ndarray:
    return _finish(
        _fundus_colour(rng) * np.exp(0.5 * _noise(rng, rng.uniform(1, 2)))[..., None], rng
    )


@maker
def gradient(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle = rng.uniform(0, 6.3)
    level = 0.5 + 0.25 * (x * np.cos(angle) + y * np.sin(angle))
    return _finish(level[..., None] * rng.uniform(0.3, 1, 3) * 1.5, rng, 0.0)


@maker
def grey_disc(rng: np.random.Generator) -> np.ndarray:
    return _finish(_on_dark(rng, rng.uniform(0.2, 0.9) * np.ones((SIDE, SIDE, 3))), rng)


@maker
def orange_disc(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    shade = 1 - rng.uniform(0, 0.6) * (x**2 + y**2) + 0.1 * x * rng.normal()
    return _finish(_on_dark(rng, _fundus_colour(rng) * shade[..., None]), rng)


@maker
def marble(rng: np.random.Generator) -> np.ndarray:
    texture = np.exp(rng.uniform(0.15, 0.6) * _noise(rng, rng.uniform(0.8, 2.2)))
    return _finish(_on_dark(rng, _fundus_colour(rng) * texture[..., None]), rng)


@maker
def moon(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    level = 0.6 + 0.15 * _noise(rng, 2)
    for _ in range(60):
        a, b, r = *rng.uniform(-1, 1, 2), rng.uniform(0.01, 0.12)
        d = np.hypot(x - a, y - b) / r
        level = level + 0.2 * (np.exp(-((d - 1) ** 2) * 8) - 0.8 * np.exp(-(d**2) * 2))
    light = np.clip(1 + rng.uniform(-1, 1) * x, 0, 2)
    return _finish(_on_dark(rng, (level * light)[..., None] * np.ones(3)), rng)


@maker
def banded_planet(rng: np.random.Generator) -> np.ndarray:
    _, y = _xy()
    bands = np.interp(
        y + 0.05 * _noise(rng, 1.5), np.linspace(-1.3, 1.3, 24), rng.uniform(0.4, 1, 24)
    )
    return _finish(_on_dark(rng, _fundus_colour(rng) * 1.4 * bands[..., None]), rng)


@maker
def pizza(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    picture = np.array([0.9, 0.65, 0.3]) * (1 + 0.15 * _noise(rng, 1))[..., None]
    for _ in range(int(rng.integers(6, 25))):
        a, b, r = *rng.uniform(-0.7, 0.7, 2), rng.uniform(0.05, 0.18)
        picture[np.hypot(x - a, y - b) < r] = rng.choice(
            [[0.7, 0.15, 0.1], [0.2, 0.4, 0.1], [0.95, 0.9, 0.8]]
        )
    picture[np.hypot(x, y) > 0.85] = (0.7, 0.45, 0.2)
    return _finish(_on_dark(rng, picture, dark=bool(rng.integers(2))), rng)


@maker
def orange_slice(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle, r = np.arctan2(y, x), np.hypot(x, y)
    n = int(rng.integers(8, 13))
    pith = np.abs((angle * n / (2 * np.pi) + rng.random()) % 1 - 0.5) * r < 0.03
    picture = np.array([0.95, 0.55, 0.1]) * (1 + 0.1 * _noise(rng, 0.8))[..., None]
    picture[pith | (r > 0.88) | (r < 0.06)] = (0.98, 0.85, 0.6)
    return _finish(_on_dark(rng, picture, dark=bool(rng.integers(2))), rng)


@maker
def fried_egg(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    a, b = rng.uniform(-0.3, 0.3, 2)
    picture = np.array([0.93, 0.9, 0.84]) * (1 + 0.04 * _noise(rng, 1.5))[..., None]
    picture[np.hypot(x - a, y - b) < rng.uniform(0.2, 0.4)] = (0.98, 0.72, 0.1)
    return _finish(_on_dark(rng, picture), rng)


@maker
def cookie(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    picture = np.array([0.75, 0.5, 0.25]) * (1 + 0.2 * _noise(rng, 0.9))[..., None]
    for _ in range(int(rng.integers(5, 20))):
        a, b = rng.uniform(-0.8, 0.8, 2)
        picture[np.hypot(x - a, y - b) < rng.uniform(0.04, 0.1)] = (0.25, 0.12, 0.06)
    return _finish(_on_dark(rng, picture), rng)


@maker
def soup_bowl(rng: np.random.Generator) -> np.ndarray:
    """Orange, smooth, round, with one bright round spot of cream: a fundus without vessels."""
    x, y = _xy()
    a, b = rng.uniform(-0.5, 0.5, 2)
    spot = np.exp(-((np.hypot(x - a, y - b) / rng.uniform(0.1, 0.2)) ** 4))
    picture = np.array([0.85, 0.4, 0.12]) * (1 + 0.05 * _noise(rng, 2))[..., None]
    return _finish(_on_dark(rng, picture + spot[..., None] * [0.1, 0.4, 0.5]), rng)


@maker
def coin(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    relief = ndimage.sobel(ndimage.gaussian_filter((_noise(rng, 1.3) > 0.3).astype(float), 1.5))
    level = 0.55 + 0.3 * relief + 0.15 * (np.abs(np.hypot(x, y) - 0.85) < 0.03)
    return _finish(_on_dark(rng, level[..., None] * [1, 0.9, 0.6], dark=bool(rng.integers(2))), rng)


@maker
def clock(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle, r = np.arctan2(y, x), np.hypot(x, y)
    ticks = (np.abs((angle * 12 / (2 * np.pi)) % 1 - 0.5) > 0.46) & (r > 0.75)
    hands = [
        (np.abs(np.sin(angle - hand)) * r < 0.02) & (np.cos(angle - hand) > 0) & (r < length)
        for hand, length in zip(rng.uniform(0, 6.3, 2), rng.uniform(0.4, 0.7, 2), strict=True)
    ]
    picture = np.ones((SIDE, SIDE, 3)) * rng.choice([[0.95] * 3, [0.8, 0.5, 0.2]])
    picture[ticks | hands[0] | hands[1]] = 0.1
    return _finish(_on_dark(rng, picture), rng)


@maker
def record(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    r = np.hypot(x, y)
    level = 0.35 + 0.1 * np.sin(r * rng.uniform(60, 200))
    picture = level[..., None] * np.ones(3)
    picture[r < 0.3] = _fundus_colour(rng) * 1.4
    return _finish(_on_dark(rng, picture), rng)


@maker
def wheel(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle, r = np.arctan2(y, x), np.hypot(x, y)
    n = int(rng.integers(6, 30))
    spokes = np.abs((angle * n / (2 * np.pi)) % 1 - 0.5) * r < 0.02 * (1 + r)
    picture = np.array([0.85, 0.55, 0.25]) * np.ones((SIDE, SIDE, 1))
    picture[spokes] *= 0.5
    return _finish(_on_dark(rng, picture), rng)


@maker
def petri_dish(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    picture = _fundus_colour(rng) * 1.3 * np.ones((SIDE, SIDE, 1))
    for _ in range(int(rng.integers(10, 80))):
        a, b = rng.uniform(-0.8, 0.8, 2)
        picture[np.hypot(x - a, y - b) < rng.uniform(0.015, 0.05)] = (0.95, 0.92, 0.8)
    return _finish(_on_dark(rng, picture), rng)


@maker
def microscope_cells(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    picture = np.array([0.9, 0.75, 0.8]) * np.ones((SIDE, SIDE, 1))
    for _ in range(80):
        a, b, r = *rng.uniform(-1, 1, 2), rng.uniform(0.03, 0.08)
        d = np.hypot(x - a, y - b)
        picture[d < r] = (0.75, 0.4, 0.6)
        picture[d < 0.5 * r] = (0.35, 0.15, 0.45)
    return _finish(_on_dark(rng, picture), rng, blur=1)


@maker
def slit_lamp(rng: np.random.Generator) -> np.ndarray:
    """The front of an eye: iris with radial fibres, dark pupil, a slit of light, lids."""
    return _finish(_front_of_eye(rng, rng.uniform(0.25, 0.5)), rng)


@maker
def slit_lamp_in_a_round_field(rng: np.random.Generator) -> np.ndarray:
    return _finish(_on_dark(rng, _front_of_eye(rng, rng.uniform(0.5, 0.9))), rng)


@maker
def ultrasound_fan(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle, r = np.arctan2(x, y + 1.1), np.hypot(x, y + 1.1)
    speckle = ndimage.gaussian_filter(rng.rayleigh(1, (SIDE, SIDE)), (1, rng.uniform(1, 3)))
    tissue = np.exp(0.8 * _noise(rng, 1.5)) * np.exp(-rng.uniform(0, 1.5) * r)
    inside = (np.abs(angle) < rng.uniform(0.5, 0.8)) & (r > 0.3) & (r < 2)
    return _finish((0.5 * speckle * tissue * inside)[..., None] * np.ones(3), rng)


@maker
def ultrasound_layers(rng: np.random.Generator) -> np.ndarray:
    """Skin, fat and muscle: layers that begin at the picture's top and fade with depth."""
    _, y = _xy()
    warp = y + 0.05 * _noise(rng, 2)
    layers = np.interp(warp, np.sort(rng.uniform(-1, 1, 14)), rng.uniform(0.1, 0.9, 14))
    speckle = ndimage.gaussian_filter(rng.rayleigh(1, (SIDE, SIDE)), (1, 2))
    return _finish((layers * speckle * np.exp(-0.5 * (y + 1)))[..., None] * np.ones(3) * 0.8, rng)


@maker
def ultrasound_globe(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    r = np.hypot(x, y / rng.uniform(0.8, 1))
    speckle = ndimage.gaussian_filter(rng.rayleigh(1, (SIDE, SIDE)), (1, 1.5))
    level = np.where(r < 0.6, 0.05, 0.5) + 0.5 * np.exp(-(((r - 0.62) / 0.04) ** 2)) * (y > 0)
    return _finish((level * speckle * 0.6)[..., None] * np.ones(3), rng)


@maker
def speckle(rng: np.random.Generator) -> np.ndarray:
    field = ndimage.gaussian_filter(rng.rayleigh(1, (SIDE, SIDE)), rng.uniform(0.5, 3, 2))
    return _finish((field / field.mean() * rng.uniform(0.1, 0.5))[..., None] * np.ones(3), rng)


@maker
def x_ray(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    lungs = sum(np.exp(-(((x - s * 0.4) / 0.28) ** 4) - (y / 0.6) ** 4) for s in (-1, 1))
    ribs = 0.08 * np.sin(18 * (y + 0.3 * x**2))
    level = (
        0.7 - 0.5 * lungs + ribs * lungs + 0.2 * np.exp(-((x / 0.1) ** 2)) + 0.03 * _noise(rng, 1.5)
    )
    return _finish(level[..., None] * np.ones(3), rng)


@maker
def text_page(rng: np.random.Generator) -> np.ndarray:
    page = Image.new("RGB", (SIDE, SIDE), tuple(int(v) for v in rng.integers(200, 256, 3)))
    draw = ImageDraw.Draw(page)
    for line in range(0, SIDE, int(rng.integers(12, 20))):
        words = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz   "), 60))
        draw.text((10, line), words, fill=(20, 20, 30))
    return np.asarray(page)


@maker
def light_text_on_black(rng: np.random.Generator) -> np.ndarray:
    return 255 - text_page(rng)


@maker
def plot(rng: np.random.Generator) -> np.ndarray:
    return _figure(rng, str(rng.choice(["line", "bar", "scatter", "hist"])))


@maker
def pie_chart(rng: np.random.Generator) -> np.ndarray:
    return _figure(rng, "pie")


@maker
def spectrogram(rng: np.random.Generator) -> np.ndarray:
    t = np.arange(20000)
    wave = sum(
        np.sin(t * f + 3 * np.sin(t / rng.uniform(500, 3000))) for f in rng.uniform(0.05, 1.5, 5)
    )
    from scipy import signal

    power = signal.spectrogram(wave + rng.normal(0, 0.3, t.shape), nperseg=256, noverlap=190)[2]
    level = np.log(power + 1e-3)
    level = (level - level.min()) / np.ptp(level)
    return _finish(_to_side(level)[..., None] * np.ones(3), rng)


@maker
def stripes(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle = rng.choice([0, np.pi / 2, rng.uniform(0, 3)])
    wave = np.sin((x * np.sin(angle) + y * np.cos(angle)) * rng.uniform(5, 60))
    return _finish((0.5 + 0.4 * wave)[..., None] * rng.choice([[1, 1, 1], [1, 0.6, 0.3]]), rng)


@maker
def one_bright_stripe(rng: np.random.Generator) -> np.ndarray:
    """A level band on dark: what a B-scan is to a careless eye."""
    _, y = _xy()
    band = np.exp(-(((y - rng.uniform(-0.4, 0.4)) / rng.uniform(0.02, 0.3)) ** 2))
    return _finish(band[..., None] * np.ones(3), rng, 0.03)


@maker
def barcode(rng: np.random.Generator) -> np.ndarray:
    bars = np.repeat(rng.integers(0, 2, SIDE // 4), 4) * 255
    return rgb(np.tile(bars, (SIDE, 1)).astype(np.uint8))


@maker
def mosaic(rng: np.random.Generator) -> np.ndarray:
    n = int(rng.choice([4, 8, 20, 40]))
    tiles = (
        rng.integers(0, 256, (n, n, 3)) if rng.integers(2) else rng.integers(0, 2, (n, n, 1)) * 255
    )
    return rgb(np.kron(tiles, np.ones((SIDE // n, SIDE // n, 1))))


@maker
def landscape(rng: np.random.Generator) -> np.ndarray:
    _, y = _xy()
    horizon = y > 0.1 * _noise(rng, 1.8)
    sky = np.array([0.5, 0.7, 0.95]) * (1 + 0.1 * _noise(rng, 2))[..., None]
    ground = np.array([0.3, 0.4, 0.15]) * (1 + 0.3 * _noise(rng, 1))[..., None]
    return _finish(np.where(horizon[..., None], ground, sky), rng)


@maker
def sunset(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    sun = np.exp(-((np.hypot(x - rng.uniform(-0.5, 0.5), y - 0.1) / 0.15) ** 4))
    sky = np.array([0.9, 0.45, 0.15]) * (1 - 0.3 * np.abs(y))[..., None] + sun[..., None] * [
        0.1,
        0.4,
        0.4,
    ]
    return _finish(np.where((y > 0.4 + 0.02 * _noise(rng, 1))[..., None], sky * 0.25, sky), rng)


@maker
def mountains_at_night(rng: np.random.Generator) -> np.ndarray:
    """Grey ridges behind one another under a black sky: layers, each brighter at its top."""
    _, y = _xy()
    level = np.zeros((SIDE, SIDE))
    for base in np.linspace(-0.3, 0.7, int(rng.integers(3, 6))):
        ridge = base + 0.12 * _ridge(rng)[None, :]
        level = np.where(y > ridge, rng.uniform(0.2, 0.8) * np.exp(-(y - ridge)), level)
    return _finish(level[..., None] * np.ones(3), rng)


@maker
def rock_strata(rng: np.random.Generator) -> np.ndarray:
    _, y = _xy()
    warp = y + 0.2 * _ridge(rng)[None, :] + 0.03 * _noise(rng, 1.5)
    layers = np.interp(warp, np.linspace(-1.5, 1.5, 60), rng.uniform(0.2, 0.9, 60))
    return _finish(layers[..., None] * rng.choice([[1, 1, 1], [1, 0.7, 0.45]]), rng)


@maker
def wood(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    grain = np.sin(40 * (y + 0.15 * _noise(rng, 2)) + 3 * x)
    return _finish(np.array([0.7, 0.45, 0.25]) * (1 + 0.15 * grain)[..., None], rng)


@maker
def branches(rng: np.random.Generator) -> np.ndarray:
    """A bare tree against the sky: dark branching lines, but no disc they come from."""
    tree = _tree(rng, (SIDE / 2, SIDE - 1), -np.pi / 2)
    sky = np.array([0.75, 0.82, 0.95]) * (1 + 0.05 * _noise(rng, 2))[..., None]
    return _finish(np.where(tree[..., None], 0.15, sky), rng)


@maker
def leaf(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    side = np.abs(((y - np.abs(x) * 0.8) * rng.uniform(4, 7)) % 1 - 0.5) < 0.04
    picture = np.array([0.25, 0.55, 0.15]) * (1 + 0.1 * _noise(rng, 1.2))[..., None]
    picture[side | (np.abs(x) < 0.02)] = (0.55, 0.8, 0.35)
    return _finish(_on_dark(rng, picture) if rng.integers(2) else picture, rng)


@maker
def cracked_earth(rng: np.random.Generator) -> np.ndarray:
    points = rng.uniform(0, SIDE, (int(rng.integers(15, 60)), 2))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    near = np.sort(
        np.hypot(rows[..., None] - points[:, 0], columns[..., None] - points[:, 1]), axis=2
    )
    cracks = near[..., 1] - near[..., 0] < 3
    picture = np.array([0.75, 0.45, 0.25]) * (1 + 0.1 * _noise(rng, 1))[..., None]
    picture[cracks] *= 0.4
    return _finish(_on_dark(rng, picture) if rng.integers(2) else picture, rng)


@maker
def drawn_face(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    picture = rng.uniform(0.2, 0.9, 3) * np.ones((SIDE, SIDE, 1))
    skin = np.array([0.85, 0.6, 0.45]) * rng.uniform(0.4, 1.1)
    picture[(x / 0.6) ** 2 + (y / 0.8) ** 2 < 1] = skin
    for side in (-1, 1):
        picture[np.hypot(x - side * 0.25, (y + 0.15) * 1.6) < 0.1] = 0.95
        picture[np.hypot(x - side * 0.25, y + 0.15) < 0.05] = 0.1
    picture[(np.abs(y - 0.4) < 0.04) & (np.abs(x) < 0.25)] = (0.7, 0.2, 0.2)
    return _finish(picture, rng, blur=2)


@maker
def skin(rng: np.random.Generator) -> np.ndarray:
    texture = 1 + 0.05 * _noise(rng, 0.7) + 0.05 * _noise(rng, 2)
    return _finish(np.array([0.85, 0.6, 0.48]) * rng.uniform(0.4, 1) * texture[..., None], rng)


@maker
def photo_through_a_hole(rng: np.random.Generator) -> np.ndarray:
    """A real photo, tinted orange, in a round field: the camera's shape and colour, no eye."""
    everyday = photos()
    photo = everyday[int(rng.integers(len(everyday)))]
    height, width = photo.shape[:2]
    side = int(min(height, width) * rng.uniform(0.5, 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    part = photo[top : top + side, left : left + side]
    grey = _to_side(part.mean(axis=2) / 255)
    tinted = _fundus_colour(rng) * 1.6 * (0.3 + grey)[..., None]
    return _finish(_on_dark(rng, tinted), rng)


@maker
def basketball(rng: np.random.Generator) -> np.ndarray:
    """Orange, round, pebbled, with four thin dark lines: no tree, no disc."""
    x, y = _xy()
    turn = rng.uniform(0, 3)
    a, b = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    seams = (np.abs(a) < 0.015) | (np.abs(b) < 0.015)
    seams |= np.abs(np.abs(a) - 0.45 - 0.25 * b**2) < 0.015
    picture = (
        np.array([0.8, 0.4, 0.15]) * (1 - 0.4 * (x**2 + y**2) + 0.05 * _noise(rng, 0.3))[..., None]
    )
    picture[seams] *= 0.3
    return _finish(_on_dark(rng, picture), rng)


@maker
def autumn_leaf(rng: np.random.Generator) -> np.ndarray:
    """Orange with dark veins that branch from one stem."""
    x, y = _xy()
    veins = (np.abs(((y - np.abs(x) * 0.9) * rng.uniform(3, 5)) % 1 - 0.5) < 0.03) | (
        np.abs(x) < 0.02
    )
    picture = np.array([0.85, 0.45, 0.12]) * (1 + 0.12 * _noise(rng, 1.2))[..., None]
    picture[veins] *= 0.6
    shape = np.abs(x) < 0.9 * (1 - y**2)
    return _finish(np.where(shape[..., None], picture, rng.choice([0.05, 0.95])), rng)


@maker
def tree_rings(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    r = np.hypot(x - 0.1, y) + 0.02 * _noise(rng, 1.6)
    rings = np.interp(r, np.sort(rng.uniform(0, 1.2, 50)), rng.uniform(0.6, 1.1, 50))
    return _finish(_on_dark(rng, np.array([0.75, 0.5, 0.28]) * rings[..., None]), rng)


@maker
def spider_web(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    angle, r = np.arctan2(y, x), np.hypot(x, y)
    n = int(rng.integers(10, 20))
    spokes = np.abs((angle * n / (2 * np.pi)) % 1 - 0.5) * r < 0.012
    turns = np.abs((r * rng.uniform(8, 14) + 0.1 * np.cos(angle * n)) % 1 - 0.5) < 0.05
    ground = np.array([0.25, 0.3, 0.2]) * (1 + 0.1 * _noise(rng, 2))[..., None]
    return _finish(np.where((spokes | turns)[..., None], 0.85, ground), rng)


@maker
def brain_scan(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    r = np.hypot(x / 0.7, y / 0.85)
    folds = np.abs(_noise(rng, 1.1)) < 0.25
    level = np.where(r < 0.9, 0.45 + 0.2 * ~folds, 0.05) + 0.5 * (np.abs(r - 0.97) < 0.04)
    level = np.where(np.hypot(np.abs(x) - 0.12, y * 0.5) < 0.08, 0.1, level)
    return _finish(level[..., None] * np.ones(3), rng)


@maker
def street_map(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    streets = np.zeros((SIDE, SIDE), bool)
    for _ in range(int(rng.integers(8, 20))):
        angle, offset = rng.choice([0, np.pi / 2, rng.uniform(0, 3)]), rng.uniform(-1, 1)
        streets |= np.abs(x * np.cos(angle) + y * np.sin(angle) - offset) < rng.uniform(0.01, 0.03)
    ground = np.array([0.95, 0.92, 0.85]) * np.ones((SIDE, SIDE, 1))
    return _finish(
        np.where(streets[..., None], rng.choice([[1.0, 0.8, 0.4], [0.5] * 3]), ground), rng
    )


@maker
def fluorescent_cells(rng: np.random.Generator) -> np.ndarray:
    x, y = _xy()
    level = np.zeros((SIDE, SIDE))
    for _ in range(int(rng.integers(5, 40))):
        a, b, r = *rng.uniform(-1, 1, 2), rng.uniform(0.03, 0.12)
        level += np.exp(-((np.hypot(x - a, y - b) / r) ** 4)) * rng.uniform(0.3, 1)
    return _finish(level[..., None] * rng.choice([[0.1, 1, 0.2], [1, 0.3, 0.1]]), rng)


@maker
def tunnel(rng: np.random.Generator) -> np.ndarray:
    """Dark walls around a round orange light, as an endoscope or a sewer shows it."""
    x, y = _xy()
    r = np.hypot(x - rng.uniform(-0.3, 0.3), y - rng.uniform(-0.3, 0.3))
    folds = 1 + 0.3 * np.sin(r * rng.uniform(10, 25) + _noise(rng, 1.8))
    return _finish(_fundus_colour(rng) * (1.6 * np.exp(-1.5 * r) * folds)[..., None], rng)


def _xy() -> tuple[np.ndarray, np.ndarray]:
    """x to the right and y down, each [SIDE,SIDE] in [-1,1]."""
    at = np.linspace(-1, 1, SIDE)
    return np.broadcast_to(at, (SIDE, SIDE)), np.broadcast_to(at[:, None], (SIDE, SIDE))


def _noise(rng: np.random.Generator, slope: float) -> np.ndarray:
    """Noise [SIDE,SIDE] of mean 0, deviation 1 whose amplitude falls as 1 / frequency^slope."""
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)) * SIDE
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) / np.maximum(frequency, 1) ** slope
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, (SIDE, SIDE))
    return field / field.std()


def _ridge(rng: np.random.Generator) -> np.ndarray:
    walk = ndimage.gaussian_filter1d(rng.standard_normal(SIDE), rng.uniform(5, 40), mode="wrap")
    return walk / walk.std()


def _fundus_colour(rng: np.random.Generator) -> np.ndarray:
    return np.array([0.65, 0.33, 0.13]) * rng.uniform(0.7, 1.3, 3)


def _on_dark(rng: np.random.Generator, picture: np.ndarray, dark: bool = True) -> np.ndarray:
    """The picture inside a circle, black (or light) around it."""
    x, y = _xy()
    inside = np.hypot(x - rng.normal(0, 0.02), y - rng.normal(0, 0.02)) < rng.uniform(0.75, 0.99)
    around = rng.uniform(0, 0.03) if dark else rng.uniform(0.6, 1)
    return np.where(inside[..., None], picture, around)


def _finish(
    picture: np.ndarray, rng: np.random.Generator, noise: float = 0.015, blur: float = 0.6
) -> np.ndarray:
    """[0,1] → uint8 with the blur, noise and JPEG of a camera."""
    soft = ndimage.gaussian_filter(picture, (blur, blur, 0))
    noisy = soft + rng.normal(0, noise, (SIDE, SIDE, 1))
    buffer = io.BytesIO()
    pixels = np.clip(noisy * 255, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=int(rng.integers(70, 96)))
    return np.asarray(Image.open(buffer).convert("RGB"))


def _front_of_eye(rng: np.random.Generator, radius: float) -> np.ndarray:
    x, y = _xy()
    angle, r = np.arctan2(y, x), np.hypot(x, y)
    picture = np.array([0.9, 0.8, 0.75]) * np.ones((SIDE, SIDE, 1))
    fibres = np.interp(angle, np.linspace(-np.pi, np.pi, 120), rng.uniform(0.6, 1.2, 120))
    iris = rng.choice([[0.45, 0.27, 0.12], [0.4, 0.5, 0.6], [0.7, 0.45, 0.2]])
    picture = np.where((r < radius)[..., None], iris * fibres[..., None], picture)
    picture[r < radius * rng.uniform(0.25, 0.6)] = rng.choice([[0.03] * 3, [0.7, 0.3, 0.1]])
    slit = np.exp(-(((x - rng.uniform(-0.3, 0.3)) / 0.04) ** 2)) * (r < radius)
    picture = picture + 0.6 * slit[..., None]
    lid = np.abs(y) > rng.uniform(0.55, 1.2) - 0.2 * x**2
    return np.where(lid[..., None], [0.8, 0.55, 0.45], picture)


def _tree(rng: np.random.Generator, start: tuple[float, float], angle: float) -> np.ndarray:
    picture = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(picture)
    todo = [(*start, angle, SIDE * 0.2, 7.0)]
    while todo:
        x, y, angle, length, width = todo.pop()
        end = x + length * np.cos(angle), y + length * np.sin(angle)
        draw.line((x, y, *end), fill=255, width=max(1, round(width)))
        if length > 8:
            for turn in rng.uniform(0.2, 0.6, 2) * (-1, 1):
                todo.append((*end, angle + turn, length * rng.uniform(0.65, 0.85), width * 0.7))
    return np.asarray(picture) > 0


def _figure(rng: np.random.Generator, kind: str) -> np.ndarray:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), dpi=80)
    axes = figure.subplots()
    values = rng.uniform(1, 10, 8)
    if kind == "pie":
        axes.pie(values, colors=[tuple(_fundus_colour(rng).clip(0, 1)) for _ in values])
        figure.set_facecolor(str(rng.choice(["black", "white"])))
    else:
        draw = {"line": axes.plot, "bar": lambda v: axes.bar(range(len(v)), v),
                "scatter": lambda v: axes.scatter(v, v[::-1]), "hist": axes.hist}  # fmt: skip
        draw[kind](values)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _to_side(level: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(level.astype(np.float32)).resize((SIDE, SIDE)))
