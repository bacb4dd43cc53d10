"""The same of reports that were taken up before, from the deadline that was met then; rows alone are locked."""

from django.db import migrations

FROM_CLOCKS = """
UPDATE faults_report report SET passed_at = clock.started_at
FROM calendars_clock clock
WHERE clock.subject_type = 'cases.case' AND clock.subject_id = report.case_id
  AND clock.code = 'take-up' AND clock.state = 'met' AND clock.ended_at = report.taken_up_at
"""


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial"), ("faults", "0006_passed_at")]
    operations = [migrations.RunSQL(FROM_CLOCKS, migrations.RunSQL.noop)]
