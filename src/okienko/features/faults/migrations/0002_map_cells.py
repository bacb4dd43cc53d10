"""Counts of reports per square of the map, for the zooms that are drawn, kept with every statement."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION fault_map_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO faults_mapcell AS cell (zoom, x, y, open, shard, reports, latitudes, longitudes)
    SELECT zoom,
           floor((longitude + 180) / 360 * 2 ^ zoom)::int AS x,
           floor((1 - asinh(tan(radians(latitude))) / pi()) / 2 * 2 ^ zoom)::int AS y,
           open, case_id % 8 AS shard, sum(sign), sum(sign * latitude), sum(sign * longitude)
    FROM ({rows}) AS report CROSS JOIN generate_series(6, 18, 2) AS zoom
    WHERE latitude BETWEEN -85 AND 85
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(sign) <> 0 OR sum(sign * latitude) <> 0 OR sum(sign * longitude) <> 0
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (zoom, x, y, open, shard) DO UPDATE SET
        reports = cell.reports + excluded.reports,
        latitudes = cell.latitudes + excluded.latitudes,
        longitudes = cell.longitudes + excluded.longitudes;
    RETURN NULL;
END $$
"""
NEW = "SELECT case_id, latitude, longitude, open, 1 AS sign FROM new_rows"
OLD = "SELECT case_id, latitude, longitude, open, -1 AS sign FROM old_rows"
TRIGGERS = (
    ("insert", "INSERT", "NEW TABLE AS new_rows", NEW),
    ("delete", "DELETE", "OLD TABLE AS old_rows", OLD),
    ("update", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", f"{NEW} UNION ALL {OLD}"),
)


def _sql() -> list[str]:
    made = []
    for name, event, tables, rows in TRIGGERS:
        function = FUNCTION.replace("fault_map_cells()", f"fault_map_cells_{name}()")
        made.append(function.replace("{rows}", rows))
        made.append(
            f"CREATE TRIGGER fault_map_cells_{name} AFTER {event} ON faults_report REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION fault_map_cells_{name}()"
        )
    return made


def _undo() -> list[str]:
    return [f"DROP FUNCTION fault_map_cells_{name}() CASCADE" for name, *_ in TRIGGERS]


class Migration(migrations.Migration):
    dependencies = [("faults", "0001_initial")]
    operations = [migrations.RunSQL(_sql(), _undo())]
