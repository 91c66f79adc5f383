"""Fails at every page, for a reason that its log knows."""


def app(_environ, _start_response):
    prices = {}
    return [prices["tea"]]
