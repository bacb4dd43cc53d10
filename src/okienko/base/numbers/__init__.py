"""Numbers that people read to each other, and those that the law gives them: each says what is wrong with it."""

from okienko.base.numbers.spoken import check_digit, from_speech, is_whole, read_aloud, with_check_digit

__all__ = ["check_digit", "from_speech", "is_whole", "read_aloud", "with_check_digit"]
