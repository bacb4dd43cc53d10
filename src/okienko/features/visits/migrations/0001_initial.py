import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("slots", "0002_take"),
        ("units", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("sort_key", models.CharField(editable=False, max_length=250)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["sort_key", "id"],
            },
        ),
        migrations.CreateModel(
            name="HoursTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("sort_key", models.CharField(editable=False, max_length=250)),
                ("week", models.JSONField(verbose_name="hours of each weekday")),
                ("step", models.PositiveSmallIntegerField(verbose_name="a visit begins every (minutes)")),
                (
                    "pause",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="pause between visits (minutes)"
                    ),
                ),
                (
                    "places",
                    models.PositiveSmallIntegerField(default=1, verbose_name="places at the same time"),
                ),
                (
                    "kept_back",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="share kept for walk-ins and the phone (%)"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["sort_key", "id"],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("hold_key", models.CharField(max_length=64, unique=True)),
                ("secret", models.CharField(max_length=64, unique=True)),
                ("start", models.DateTimeField(verbose_name="beginning")),
                ("end", models.DateTimeField(verbose_name="end")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("language", models.CharField(max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "waits for confirming"),
                            ("confirmed", "confirmed"),
                            ("cancelled", "cancelled"),
                            ("lapsed", "not confirmed in time"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("web", "page"), ("staff", "staff"), ("program", "other program")],
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="booked")),
                (
                    "confirm_by",
                    models.CharField(
                        choices=[
                            ("none", "needs no confirming"),
                            ("link", "by a link in a message"),
                            ("pin", "by a PIN from a message, typed in on the page"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("wrong_codes", models.PositiveSmallIntegerField(default=0)),
                ("reminded_due", models.DateTimeField(blank=True, null=True)),
                ("network", models.CharField(blank=True, max_length=64)),
                ("confirm_until", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("why", models.CharField(blank=True, max_length=500, verbose_name="why cancelled")),
                ("changes", models.PositiveIntegerField(default=0)),
                ("answers", models.JSONField(blank=True, default=list)),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                (
                    "claim",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="booking",
                        to="slots.claim",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="visits",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="slots.resource",
                        verbose_name="counter",
                    ),
                ),
            ],
            options={
                "ordering": ["start", "id"],
            },
        ),
        migrations.CreateModel(
            name="Handling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="slots.resource"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MassChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("cancel", "cancel"),
                            ("nearest", "move to the nearest free time, at any counter that handles it"),
                            ("counter", "move to another counter at the same hours"),
                            ("day", "move to another day, as near to the same hour as can be"),
                        ],
                        max_length=10,
                        verbose_name="what to do",
                    ),
                ),
                ("day", models.DateField(blank=True, null=True)),
                ("closing", models.BooleanField(default=False)),
                ("why", models.CharField(max_length=500, verbose_name="why")),
                ("by", models.CharField(max_length=200)),
                ("ordered_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "counter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="slots.resource",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-ordered_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="MassStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waits"), ("done", "done"), ("left", "left as it was")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=40)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="visits.booking"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="visits.masschange",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("sort_key", models.CharField(editable=False, max_length=500)),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published"), ("archived", "archived")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="length of a visit (minutes)")),
                (
                    "nearest_days",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="nearest day, counted from today"
                    ),
                ),
                (
                    "farthest_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="farthest day, counted from today"
                    ),
                ),
                (
                    "hold_minutes",
                    models.PositiveSmallIntegerField(
                        default=5, verbose_name="time to fill in the form (minutes)"
                    ),
                ),
                (
                    "offer_minutes",
                    models.PositiveSmallIntegerField(
                        default=60, verbose_name="how long a freed time is kept for whoever waits (minutes)"
                    ),
                ),
                (
                    "confirm_by",
                    models.CharField(
                        choices=[
                            ("none", "needs no confirming"),
                            ("link", "by a link in a message"),
                            ("pin", "by a PIN from a message, typed in on the page"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="confirming",
                    ),
                ),
                (
                    "confirm_over",
                    models.CharField(
                        choices=[
                            ("email", "e-mail; SMS to those who gave only a phone"),
                            ("sms", "SMS; e-mail to those who gave only an e-mail"),
                        ],
                        default="email",
                        max_length=5,
                        verbose_name="what the link or the PIN is sent by",
                    ),
                ),
                (
                    "confirm_minutes",
                    models.PositiveSmallIntegerField(default=60, verbose_name="time to confirm (minutes)"),
                ),
                (
                    "remind_hours",
                    models.JSONField(
                        blank=True, default=list, verbose_name="reminders, hours before the visit"
                    ),
                ),
                (
                    "remind_over",
                    models.CharField(
                        choices=[
                            ("email", "e-mail; SMS to those who gave only a phone"),
                            ("sms", "SMS; e-mail to those who gave only an e-mail"),
                        ],
                        default="email",
                        max_length=5,
                        verbose_name="what reminders are sent by",
                    ),
                ),
                (
                    "thanks",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="what the page says when the visit is booked"
                    ),
                ),
                (
                    "most_per_person",
                    models.PositiveSmallIntegerField(
                        default=3, verbose_name="most visits ahead on one e-mail or phone"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matters",
                        to="visits.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "counters",
                    models.ManyToManyField(
                        related_name="+",
                        through="visits.Handling",
                        to="slots.resource",
                        verbose_name="counters",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_key", "id"],
            },
        ),
        migrations.AddField(
            model_name="handling",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="handling", to="visits.service"
            ),
        ),
        migrations.CreateModel(
            name="ExtraField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("long_text", "long text"),
                            ("yes_no", "yes or no"),
                            ("choice", "list to choose from"),
                            ("number", "whole number"),
                            ("date", "date"),
                            ("pesel", "PESEL"),
                            ("identity_card", "number of the identity card"),
                            ("passport", "number of the passport"),
                            ("nip", "NIP"),
                            ("regon", "REGON"),
                            ("vin", "VIN"),
                            ("plate", "registration plate"),
                            ("land_register", "number in the land register"),
                            ("iban_pl", "Polish bank account"),
                            ("iban", "bank account of any country (IBAN)"),
                            ("postal_code", "postal code"),
                            ("phone", "phone"),
                            ("email", "e-mail"),
                            ("pattern", "number of a given shape"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="label")),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("help_text", models.CharField(blank=True, max_length=300, verbose_name="help")),
                ("required", models.BooleanField(default=False, verbose_name="must be filled in")),
                ("options", models.JSONField(blank=True, default=list)),
                ("pattern", models.CharField(blank=True, max_length=60)),
                ("least", models.IntegerField(blank=True, null=True)),
                ("most", models.IntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField(default=10)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extra_fields",
                        to="visits.service",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="booking",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bookings",
                to="visits.service",
                verbose_name="matter",
            ),
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_day", models.DateField(verbose_name="until when")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("language", models.CharField(max_length=5)),
                ("secret", models.CharField(max_length=64, unique=True)),
                ("network", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("offered", "a time is offered"),
                            ("done", "has an earlier time"),
                            ("left", "left the list"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="since")),
                ("turn_at", models.DateTimeField()),
                ("key", models.CharField(blank=True, max_length=64)),
                ("start", models.DateTimeField(blank=True, null=True)),
                ("offered_until", models.DateTimeField(blank=True, null=True)),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting",
                        to="visits.booking",
                    ),
                ),
                (
                    "places",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="units.location", verbose_name="places"
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="slots.resource",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting",
                        to="visits.service",
                        verbose_name="matter",
                    ),
                ),
            ],
            options={
                "ordering": ["turn_at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="masschange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "counter"), _negated=True), ("counter__isnull", False), _connector="OR"
                ),
                name="mass_change_to_which_counter",
            ),
        ),
        migrations.AddConstraint(
            model_name="masschange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "day"), _negated=True), ("day__isnull", False), _connector="OR"
                ),
                name="mass_change_to_which_day",
            ),
        ),
        migrations.AddIndex(
            model_name="massstep",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["change", "id"], name="mass_steps_that_wait"
            ),
        ),
        migrations.AddConstraint(
            model_name="massstep",
            constraint=models.UniqueConstraint(
                fields=("change", "booking"), name="mass_change_has_a_visit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gte", 1), ("minutes__lte", 480)), name="visit_length_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("farthest_days__gte", models.F("nearest_days")), ("farthest_days__lte", 366)
                ),
                name="visit_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("hold_minutes__gte", 1), ("hold_minutes__lte", 60)),
                name="visit_hold_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer_minutes__gte", 5), ("offer_minutes__lte", 1440)),
                name="visit_offer_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirm_minutes__gte", 5), ("confirm_minutes__lte", 2880)),
                name="visit_confirming_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_per_person__gte", 1)), name="visit_one_per_person_at_least"
            ),
        ),
        migrations.AddConstraint(
            model_name="handling",
            constraint=models.UniqueConstraint(
                fields=("service", "resource"), name="visit_handled_once_at_a_counter"
            ),
        ),
        migrations.AddConstraint(
            model_name="handling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minutes__isnull", True),
                    models.Q(("minutes__gte", 1), ("minutes__lte", 480)),
                    _connector="OR",
                ),
                name="visit_own_length_in_range",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["start", "id"], name="visit_by_start"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["resource", "start"], name="visit_by_counter"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state", "unconfirmed")),
                fields=["confirm_until"],
                name="visit_to_confirm",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("network", ""), _negated=True),
                fields=["network", "created_at"],
                name="visit_by_network",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["email"], name="visit_by_email"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["phone"], name="visit_by_phone"),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="visit_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", ""), _negated=True),
                    models.Q(("phone", ""), _negated=True),
                    ("forgotten_at__isnull", False),
                    _connector="OR",
                ),
                name="visit_has_a_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("claim__isnull", True), ("state", "confirmed"), _connector="OR"),
                name="only_confirmed_visits_take_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    ("confirmed_at__isnull", False),
                    _connector="OR",
                ),
                name="visit_confirmed_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    ("cancelled_at__isnull", False),
                    _connector="OR",
                ),
                name="visit_cancelled_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["unconfirmed", "lapsed"]), _negated=True),
                    ("confirm_until__isnull", False),
                    _connector="OR",
                ),
                name="visit_to_confirm_until",
            ),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["service", "turn_at", "id"],
                name="waiting_in_line",
            ),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(
                condition=models.Q(("network", ""), _negated=True),
                fields=["network", "created_at"],
                name="waiting_by_network",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", ""), _negated=True),
                    models.Q(("phone", ""), _negated=True),
                    ("forgotten_at__isnull", False),
                    _connector="OR",
                ),
                name="waiting_has_a_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "offered"), _negated=True),
                    models.Q(
                        models.Q(("key", ""), _negated=True),
                        ("offered_until__isnull", False),
                        ("resource__isnull", False),
                        ("start__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="waiting_offered_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("key",),
                name="waiting_one_key_one_offer",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting"), models.Q(("email", ""), _negated=True)),
                fields=("service", "email"),
                name="waiting_once_by_e_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting"), models.Q(("phone", ""), _negated=True)),
                fields=("service", "phone"),
                name="waiting_once_by_phone",
            ),
        ),
    ]
