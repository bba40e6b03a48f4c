// The built panel (web/), as cmake/panel.cmake puts it into the binary. Only panel.cpp reads it.
#pragma once

#include <span>
#include <string_view>

namespace gatehouse::web {

struct PanelAsset {
  std::string_view path;  ///< "/index.html", or a name below /assets/panel/ that holds a hash of its content
  std::string_view type;  ///< for Content-Type
  std::string_view etag;  ///< strong, with its quotes, of the content as it is
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
};

std::span<const PanelAsset> panel_assets() noexcept;
/// First segments of the panel's own addresses ("tokens" for /tokens/…): web/src/segments.ts.
std::span<const std::string_view> panel_segments() noexcept;

}  // namespace gatehouse::web
