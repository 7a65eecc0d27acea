"""`make run`: the whole site on this machine, with starter data and demonstration logins."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from appointments.models import Office
from articles.models import Reviewer
from clinic.accounts.access import DESK_GROUPS
from clinic.operations import keys
from common.models import User


class Command(BaseCommand):
    """Migrates, loads what is missing, starts the web server and the worker, and stops both on Ctrl-C."""

    help = "Set up and start the demonstration: web server and worker."
    requires_migrations_checks = False
    # (user name, group, slugs of offices; None: all)
    logins: ClassVar[tuple[tuple[str, str, list[str] | None], ...]] = (
        ("desk-toms-river", "Front desk", ["toms-river"]),
        ("desk-belleville", "Front desk", ["belleville"]),
        ("manager", "Manager", None),
        ("administrator", "Administrator", []),
        ("editor", "Editors", []),
        ("reviewer", "Medical reviewers", []),
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ctrl-C ends it at any step, without an error."""
        with contextlib.suppress(KeyboardInterrupt):
            self._run()

    def _run(self) -> None:
        """Every step can run again and destroys nothing."""
        if not settings.DEMO:
            raise CommandError("This starts a demonstration with known weaknesses: set DEMO=1 if you want that.")
        self._check_port()
        self._say("Preparing the database (the first time takes about 15 seconds) ...")
        call_command("migrate", verbosity=0)
        keys.require()
        call_command("load_practice", stdout=self.stdout)
        self._say("Loading the starter articles ...")
        call_command("load_articles", stdout=self.stdout)
        self._address_offices()
        passwords = self._make_logins()
        self._serve(passwords)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as problem:
                sys.exit(
                    f"Port {settings.PORT} on {settings.HOST} can't be used ({problem.strerror}). "
                    f"Choose another one: make run PORT=8001"
                )

    def _address_offices(self) -> None:
        """Mails only go into files here; an office without an address gets one, for without it takes no requests. Texts
        are tried out, too.
        """
        for office in Office.objects.filter(notice_email=""):
            office.notice_email = f"{office.slug}@desk.example"
            office.sends_texts = True
            office.save()

    def _make_logins(self) -> dict[str, str]:
        """User name -> password. They are made once, and kept in a file only the owner can read."""
        path = settings.VAR_DIR / "demo-logins.txt"
        known = dict(line.split() for line in path.read_text().splitlines()) if path.exists() else {}
        for username, group, slugs in self.logins:
            if username in known and User.objects.filter(username=username).exists():
                continue
            known[username] = secrets.token_urlsafe(15)
            user, _made = User.objects.get_or_create(username=username)
            user.email = f"{username}@desk.example"
            user.set_password(known[username])
            user.is_staff = group in DESK_GROUPS
            user.save()
            user.groups.set(Group.objects.filter(name=group))
            user.offices.set(Office.objects.all() if slugs is None else Office.objects.filter(slug__in=slugs))
            if username == "reviewer":
                Reviewer.objects.get_or_create(
                    user=user, defaults={"name": "[podiatrist’s name]", "credentials": "DPM"}
                )
        path.touch(mode=0o600)
        path.write_text("".join(f"{username} {password}\n" for username, password in known.items()))
        return known

    def _serve(self, passwords: dict[str, str]) -> None:
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        granian = [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", settings.HOST, "--port", str(settings.PORT)),
            *("--workers", "1", "--no-ws", "--log-level", "warning"),
            "clinic.wsgi:application",
        ]
        environment = {**os.environ, "GRANIAN_BLOCKING_THREADS": "4"}
        # Processes of their own group: Ctrl-C reaches only this one, which then stops them in order.
        processes = [
            subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
            for command in (granian, [*manage, "worker"])
        ]
        signal.signal(signal.SIGTERM, lambda *_received: sys.exit(0))
        try:
            self._wait_until_up(processes[0])
            self._announce(passwords)
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
            raise CommandError("The web server or the worker has stopped; see the lines above.")
        except KeyboardInterrupt:
            self._say("\nStopping ...")
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)  # with the server's own workers

    def _wait_until_up(self, server: subprocess.Popen[bytes]) -> None:
        for _try in range(1200):  # two minutes, on a machine that is busy
            with contextlib.suppress(OSError), socket.create_connection((settings.HOST, settings.PORT), timeout=1):
                return
            if server.poll() is not None:
                break
            time.sleep(0.1)
        raise CommandError("The web server did not start; see the lines above.")

    def _announce(self, passwords: dict[str, str]) -> None:
        width = max(map(len, passwords))
        lines = [f"  {username:<{width}}  {password}" for username, password in passwords.items()]
        self._say(
            "\n".join(
                [
                    "",
                    f"The site:        {settings.BASE_URL}/",
                    f"Front desk:      {settings.BASE_URL}/admin/   (desk-…, manager, administrator)",
                    f"Editors' desk:   {settings.BASE_URL}/cms/     (editor, reviewer)",
                    f"Mails go to:     {settings.EMAIL_FILE_PATH}",
                    "",
                    "Demonstration logins:",
                    *lines,
                    "",
                    "A demonstration: plain HTTP, no second factor. Enter no real patients' details. Ctrl-C stops it.",
                ]
            )
        )
