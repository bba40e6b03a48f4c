// What nearly every source includes, parsed once (cmake/precompiled.cmake). Nothing of our own: a changed header would make
// everything anew. Sources still include what they use: `make lint` compiles each header without this.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <boost/outcome/basic_result.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
