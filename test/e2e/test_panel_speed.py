"""What the panel weighs, how soon it can be used, and how quick ten thousand rows are in it, with the figures printed (panel/speed.mjs)."""
import unittest

from harness import ADMIN, SCOPES, Installation
from panel_tools import link, token, tools, walk


class PanelSpeed(unittest.TestCase):
    def test_small_soon_and_quick_at_ten_thousand_rows(self):
        folder = tools()
        it = Installation()
        self.addCleanup(it.close)
        for number in range(10):
            token(it, "robot", f"job {number}", SCOPES, expires_in=f"{number + 1}d")
        walk(self, folder, "speed.mjs", {"base": it.admin, "api": it.admin + "/api/v1", "key": it.key, "link": link(it, ADMIN)})


if __name__ == "__main__":
    unittest.main()
