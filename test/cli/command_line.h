// The command line in this process, against a real admin listener: the tests' own way to type a command.
#pragma once

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "api/admin_server.h"
#include "api/router.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "http/listener.h"
#include "test/support/world.h"

namespace gatehouse::cli {

class TypedCommands : public testing::Test {
 protected:
  void SetUp() override {
    world.site();
    api = std::make_unique<api::Api>(world.services());
    api::AdminServerOptions options;
    options.listen = http::parse_listen_address("127.0.0.1:0").value();
    server = std::make_unique<api::AdminServer>(options, *api);
    test::must(server->start());
    url = "http://" + http::format_listen_address(server->address());
    setenv("GATEHOUSE_URL", url.c_str(), 1);
    setenv("GATEHOUSE_KEY", world.key().c_str(), 1);
  }
  void TearDown() override {
    unsetenv("GATEHOUSE_URL");
    unsetenv("GATEHOUSE_KEY");
  }

  int run(std::vector<std::string> words, const std::string& input = {}) {
    std::istringstream in(input);
    std::ostringstream out_stream;
    std::ostringstream err_stream;
    Context context{in, out_stream, err_stream};
    CLI::App root("gatehouse");
    root.require_subcommand(1);
    int status = 0;
    add_remote_commands(root, context, status);
    std::reverse(words.begin(), words.end());
    try {
      root.parse(words);
    } catch (const CLI::ParseError& error) {
      status = root.exit(error, out_stream, err_stream) == 0 ? kDone : kWrongUsage;
    }
    out = out_stream.str();
    err = err_stream.str();
    return status;
  }

  test::World world;
  std::unique_ptr<api::Api> api;
  std::unique_ptr<api::AdminServer> server;
  std::string url, out, err;
};

}  // namespace gatehouse::cli
