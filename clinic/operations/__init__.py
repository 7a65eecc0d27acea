"""What keeps the site running: keys, backups, logs, alarms."""
