"""A polars frame in, a polars frame out."""

import polars as pl

import truereach as tr

follows = pl.DataFrame({"fan": ["anh", "bảo", "chi", "anh"], "creator": ["lan", "lan", "lan", "minh"]})
network = tr.from_edges("fan", "creator", table=follows)
ranked: pl.DataFrame = tr.pagerank(network, top=0).to_polars()
print(ranked.select("account", "pagerank"))
print(tr.overlap(network, creators=["lan", "minh"]).to_pandas())
