// For what reads flags: CLI11 takes longer to parse than all the rest.
#pragma once

#include <CLI/CLI.hpp>

#include "precompiled.h"
