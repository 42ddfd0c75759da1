"""The ML core: arrays in, arrays out; no Django, no database, no globals.

1. ``session_file``: frames of a session, read lazily from WhACC's H5 layout.
2. ``frames``: frames t-2, t-1 and t of one trial as the channels of one image.
3. ``backbone``: a CNN turns each lag image into units (``compact_cnn``, ``resnet``).
4. ``unit_set``, ``unit_cache``: what features need of them is kept, so that a retrain
   runs no CNN.
5. ``feature_set``, ``temporal``: units become temporal features, on all cores.
6. ``classifier``: LightGBM turns features into raw scores.
7. ``touches``: scores are smoothed by trial, thresholded, and grouped into touches.
8. ``errors``, ``evaluation``: touches against labels, counted as people count.
9. ``training``: labelled trials become a new classifier and threshold.
10. ``selection``: which clips a person should label next.
"""
