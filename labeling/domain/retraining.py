"""Placeholder while training lands."""


def retrain_subsets(**k): ...
