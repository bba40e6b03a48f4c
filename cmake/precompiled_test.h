// Of tests: cmake/precompiled.h, and the test libraries.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "precompiled.h"
