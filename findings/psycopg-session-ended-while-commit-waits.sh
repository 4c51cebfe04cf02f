#!/usr/bin/env bash
# A session that is ended while its COMMIT waits for a synchronous standby does not say so in psycopg's exception.
#
# Guess: pg_terminate_backend makes COMMIT raise AdminShutdown (SQLSTATE 57P01), as it does for any other statement.
# Seen (PostgreSQL 15.18, psycopg 3.3.9): the server sends a WARNING with 57P01 and closes the connection. psycopg hands the warning to notice
# handlers and raises a plain OperationalError without SQLSTATE, "server closed the connection unexpectedly". The row is there.
# pg_cancel_backend makes COMMIT return as if all were well, with a WARNING 01000; statement_timeout ends neither.
# So: whoever waits for a standby listens to notices while a transaction commits, and takes any warning then as "not known".
# It needs Debian's package postgresql (15), whose programs it starts in a temporary folder as the user nobody, or as this one.
set -euo pipefail
place="$(mktemp -d)"
bin="$(ls -d /usr/lib/postgresql/*/bin | tail -1)"
as=()
if [ "$(id -u)" = 0 ]; then
    chown nobody "$place"
    as=(setpriv --reuid nobody --regid nogroup --clear-groups)
fi
trap '"${as[@]}" "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$place"' EXIT
cd /
"${as[@]}" "$bin/initdb" -D "$place/data" -U postgres -A trust >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$place/data" -l "$place/log" -w start \
    -o "-c listen_addresses='' -c unix_socket_directories=$place -c synchronous_standby_names=silent" >/dev/null
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q "psycopg[binary]==3.3.9"
cat >"$place/try.py" <<'PYTHON'
import sys
import threading
import time

import psycopg

URL = f"postgresql://postgres@/postgres?host={sys.argv[1]}&options="
admin = psycopg.connect(URL + "-csynchronous_commit%3Dlocal", autocommit=True)
admin.execute("CREATE TABLE t (n int)")


def end(how: str, pid: int) -> None:
    time.sleep(1)
    admin.execute(f"SELECT {how}(%s)", (pid,))


for n, how in enumerate(("pg_cancel_backend", "pg_terminate_backend")):
    waits = psycopg.connect(URL + "-cstatement_timeout%3D200", autocommit=True)
    told = []
    waits.add_notice_handler(lambda d: told.append(f"{d.severity_nonlocalized} {d.sqlstate}"))
    ending = threading.Thread(target=end, args=(how, waits.info.backend_pid))
    ending.start()
    try:
        with waits.transaction():
            waits.execute("INSERT INTO t VALUES (%s)", (n,))
        ended = "returned"
    except psycopg.Error as why:
        ended = f"{type(why).__name__}, SQLSTATE {why.sqlstate}"
    ending.join()
    there = admin.execute("SELECT count(*) FROM t WHERE n = %s", (n,)).fetchone()[0]
    print(f"{how}: COMMIT {ended}; notices {told}; rows there: {there}")
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place")"
echo "$found"
expected="pg_cancel_backend: COMMIT returned; notices ['WARNING 01000']; rows there: 1
pg_terminate_backend: COMMIT OperationalError, SQLSTATE None; notices ['WARNING 57P01']; rows there: 1"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
