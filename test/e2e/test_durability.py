"""What was acknowledged is durable: kill -9, backup and restore, and a record that can't be altered unnoticed."""
import json
import pathlib
import signal
import shutil
import sqlite3
import tempfile
import unittest

from harness import Installation, run


class Durability(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_by_kill_9(self):
        with Installation() as it:
            live, gone = [], []
            for round_number in range(3):
                for _ in range(3):
                    token = it.token("acme/A")
                    live.append(token)
                revoked = live.pop(0)
                it.ok("token", "revoke", revoked["id"])
                gone.append(revoked)
                it.server.stop(signal.SIGKILL)
                it.start()
                for token in live:
                    self.assertEqual(it.get("/rest/api/3/issue/A-1?fields=summary", token).status, 200, round_number)
                for token in gone:
                    self.assertEqual(it.get("/rest/api/3/issue/A-1?fields=summary", token).status, 401, round_number)
            self.assertEqual(it.cli("audit", "verify").returncode, 0)

    def test_where_attachments_lie_is_known_after_a_restart(self):
        with Installation() as it:
            token = it.token("acme/A")
            issue = it.get("/rest/api/3/issue/A-1?fields=attachment", token).json()
            attachment = issue["fields"]["attachment"][0]["id"]
            it.server.stop()
            it.start()
            found = it.get("/rest/api/3/attachment/" + str(attachment), token)
            self.assertEqual(found.status, 200, found)

    def test_a_backup_of_a_running_server_can_be_restored(self):
        with Installation() as it:
            token = it.token("acme/A")
            file = it.folder + "/backup"
            done = run("backup", file, "--data", it.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn(b"robot", pathlib.Path(file).read_bytes(), "a backup is sealed")
            it.server.stop()
            kept = it.data + ".old"
            shutil.move(it.data, kept)
            done = run("restore", file, "--data", it.data, "--master-key-file", kept + "/master.key")
            self.assertEqual(done.returncode, 0, done.stderr)
            if not pathlib.Path(it.data + "/master.key").exists():
                shutil.copy(kept + "/master.key", it.data + "/master.key")
            it.start()
            self.assertEqual(it.get("/rest/api/3/issue/A-1?fields=summary", token).status, 200)
            self.assertEqual(it.cli("audit", "verify").returncode, 0)
            # The old backup against the newer head that was kept elsewhere: a roll-back is found.
            it.token("acme/A")
            head = it.folder + "/newer.head"
            shutil.copy(it.data + "/audit.head", head)
            it.server.stop()
            shutil.rmtree(it.data)
            self.assertEqual(run("restore", file, "--data", it.data, "--master-key-file", kept + "/master.key").returncode, 0)
            if not pathlib.Path(it.data + "/master.key").exists():
                shutil.copy(kept + "/master.key", it.data + "/master.key")
            done = run("audit", "verify", "--data", it.data, "--head", head)
            self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
            it.start()

    def test_an_altered_record_is_found(self):
        with Installation() as it:
            it.token("acme/A")
            it.server.stop()
            done = run("audit", "verify", "--data", it.data, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(json.loads(done.stdout)["intact"])
            with sqlite3.connect(it.data + "/gatehouse.db") as database:
                table = next(name for (name,) in database.execute("select name from sqlite_master where type = 'table'") if "audit" in name)
                columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
                column = next(name for name in columns if name in ("action", "target_name", "reason"))
                sequence = next(name for name in columns if name.startswith("seq"))
                database.execute(f"update {table} set {column} = 'altered' where {sequence} = 3")
            database.close()
            done = run("audit", "verify", "--data", it.data, "--json")
            self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
            self.assertEqual(json.loads(done.stdout)["findings"][0]["sequence"], 3)
            self.assertEqual(run("doctor", "--data", it.data).returncode, 6)
            it.start()

    def test_no_secret_lies_where_it_should_not(self):
        with Installation() as it:
            token = it.token("acme/A")["token"]
            for path in ("/rest/api/3/issue/A-1", "/rest/api/3/issue/B-1", "/rest/api/3/search/jql?jql=summary~geheimwort"):
                it.get(path, token)
            it.cli("audit", "list")
            it.server.stop()
            secrets = [token, token[21:64], it.key, it.key[21:64], "sandbox-token"]
            for file in [*pathlib.Path(it.data).iterdir(), *pathlib.Path(it.folder).glob("server.log")]:
                content = file.read_bytes()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, f"{file} holds {secret[:8]}…")
                self.assertNotIn(b"geheimwort", content, "a query value is kept nowhere")
            it.start()


if __name__ == "__main__":
    unittest.main()
