from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.base.jobs import for_each
from okienko.base.time import now
from okienko.features.visits import actions, holding, line, mass, queries
from okienko.features.visits.models import MassChange, Service
from okienko.kernel.history.actors import Actor


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="visits.lapse", lock="visits.lapse")
def lapse(timestamp: int) -> None:
    actions.lapse_unconfirmed(by=Actor.system("visits"), at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="visits.forget_networks", lock="visits.forget_networks")
def forget_networks(timestamp: int) -> None:
    holding.forget_networks(at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="visits.remind", lock="visits.remind")
def remind(timestamp: int) -> None:
    at = now()
    for_each(
        queries.coming_soon(now=at), lambda booking: actions.remind(booking, by=Actor.system("visits"), at=at)
    )


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="visits.offer", lock="visits.offer")
def offer(timestamp: int) -> None:
    for_each(line.waited_for(), _offer_all)


@app.task
def offer_what_is_free(service_id: int) -> None:
    _offer_all(Service.objects.get(pk=service_id))


def _offer_all(service: Service) -> None:
    """One by one, each offer whole or not at all."""
    while actions.offer_next(service, by=Actor.system("visits"), at=now()) is not None:
        pass


@app.task(lock="visits.change_many")
def change_many(change_id: int) -> None:
    mass.carry_out(MassChange.objects.get(pk=change_id), clock=now)
