"""List questions over the columns: units, months and aspects, conditions, complete lists."""
