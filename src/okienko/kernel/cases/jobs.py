from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.kernel.cases import words


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="cases.clear_words", lock="cases.clear_words")
def clear_words(timestamp: int) -> None:
    words.clear()
