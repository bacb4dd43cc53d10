from okienko.features.faults.tests.conftest import city

__all__ = ["city"]
