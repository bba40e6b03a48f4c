"""`gatehouse site test`: which operations a credential can't serve; with --probe, what is not known of Jira, tried on two scratch projects."""
import json
import unittest

from harness import Installation, SANDBOX_TOKEN, SANDBOX_USER


class SiteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation(granted=False)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def test_what_credentials_cannot_serve(self):
        tested = self.it.ok("site", "test", "acme")
        self.assertEqual(tested["uncovered"], [])
        self.assertIsNone(tested["credentials"][0]["uncovered"])
        self.it.ok("site", "credential", "add", "--site", "acme", "--auth", "basic", "--username", SANDBOX_USER, "--scopes", "read:jira-work",
                   "--secret-file", "-", stdin=SANDBOX_TOKEN + "\n")
        narrow = next(one for one in self.it.ok("site", "test", "acme")["credentials"] if one["uncovered"])
        self.assertIn("editIssue", narrow["uncovered"])
        self.assertNotIn("getIssue", narrow["uncovered"])
        self.assertRegex(self.it.cli("site", "test", "acme").stdout, r"\d+ operations \(--json names them\)")

    def test_the_hazards_are_tried_and_all_is_removed(self):
        digests = [self.it.sandbox.control("GET", f"digest/{key}") for key in "AB"]
        tested = self.it.ok("site", "test", "acme", "--probe", "A,B")
        after = [self.it.sandbox.control("GET", f"digest/{key}") for key in "AB"]
        self.assertEqual([one["issueCount"] for one in after], [one["issueCount"] for one in digests])
        self.assertEqual(tested["probe"]["left"], [])
        verdicts = {one["hazard"]: one["verdict"] for one in tested["probe"]["hazards"]}
        # The sandbox takes the branch that the tables assume.
        tried = [hazard for hazard, verdict in verdicts.items() if verdict != "not tried"]
        self.assertEqual({hazard: verdicts[hazard] for hazard in tried}, {hazard: "as assumed" for hazard in tried}, json.dumps(tested["probe"], indent=1))
        self.assertGreaterEqual(len(tried), 9, verdicts)
        self.assertEqual(len(verdicts), len(tested["probe"]["hazards"]))

    def test_two_projects_of_a_jira_site_are_needed(self):
        self.assertNotEqual(self.it.cli("site", "test", "acme", "--probe", "A").returncode, 0)
        self.assertNotEqual(self.it.cli("site", "test", "acme", "--probe", "A,A").returncode, 0)


if __name__ == "__main__":
    unittest.main()
