"""The architecture as a graph: what refers to what, delivers where, and may do what. Pure.

model.py        nodes, edges, groups
deliveries.py   the properties that say where a resource delivers, and what belongs to another resource
build.py        the graph of all stacks of an environment
collect.py      many nodes of one type with the same neighbours, as one
pictures.py     the overview of stacks, and each stack with its neighbours
drawing.py      the best of a few ways to draw a picture
layout.py       where everything stands: the layout library's adapter
svg.py          a picture as SVG
mermaid.py      a picture as Mermaid's text
"""
