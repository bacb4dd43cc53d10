from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArticlePublished:
    article_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ArticleWithdrawn:
    article_id: int
    at: datetime
