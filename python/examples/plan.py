"""From a list of follows to a plan: who reaches most people, and how sure that is."""

import numpy as np

import truereach as tr

random = np.random.default_rng(7)
people, creators = 5_000, 40
fans = random.integers(creators, people, 30_000)
followed = (creators * random.random(30_000) ** 2).astype(np.int64)
network: tr.Network = tr.from_edges(fans, followed, view="whole")

plan = tr.select(network, count=3, model="wc")
names: list[str] = plan["creator"]
reach = tr.reach(network, creators=names, model="wc")
low, high = reach["interval_low"][0], reach["interval_high"][0]
print(f"{', '.join(names)} reach {reach['people'][0]:.0f} people ({low:.0f} to {high:.0f})")
