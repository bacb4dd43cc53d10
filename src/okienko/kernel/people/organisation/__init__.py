"""The whole organisation as a spreadsheet: units, groups, people and roles, out and in again."""
