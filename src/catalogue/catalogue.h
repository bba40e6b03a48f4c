// The operations of one product's API: loaded from tables, matched by method and path.
//
// Loaded once at start and immutable after, so every thread reads it without a lock. What match() does not find is refused, for
// every token. It decides nothing else: whether a token may is policy's, what an identifier leads to is upstream's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/operation.h"
#include "catalogue/roles.h"
#include "catalogue/shapes.h"

namespace gatehouse::catalogue {

/// One table: its file name (for errors) and its text.
struct Table {
  std::string_view name;
  std::string_view text;
};

inline constexpr std::size_t kMaxPathParameters = 6;

struct Match {
  enum class Outcome : std::uint8_t { kUnknownPath = 0, kUnknownMethod, kMatched };
  Outcome outcome = Outcome::kUnknownPath;
  const Operation* operation = nullptr;  ///< set if matched; lives as long as the catalogue
  /// The path parameters in the order of the template, as they were written: views into the target, percent-escapes untouched.
  std::array<std::string_view, kMaxPathParameters> values{};
  std::uint8_t count = 0;
  /// For each `{a|b}` segment the literal that was written is found again in `path`; `version` is "2", "3", "latest" or "".
  std::string_view version;

  explicit operator bool() const noexcept { return outcome == Outcome::kMatched; }
  /// By the name in the template; empty if there is none of that name.
  std::string_view value(std::string_view name) const noexcept;
};

class Trie;

class Catalogue {
 public:
  /// Parses *.ops, *.shapes and *.roles; registers the scopes they name (model/scope.h: before any thread starts). On failure the
  /// error names file, line and what was expected; a catalogue that is wrong anywhere is not used at all.
  static Result<std::shared_ptr<const Catalogue>> load(Product product, const std::vector<Table>& tables);
  /// Of operations that were read from something else than tables (catalogue/openapi.h). Their shapes must be among `shapes`.
  static Result<std::shared_ptr<const Catalogue>> assemble(Product product, std::vector<Operation> operations,
                                                           std::vector<std::unique_ptr<Shape>> shapes, std::string_view roles);
  /// The tables embedded in this binary for `product`; empty for kOpenApi.
  static std::vector<Table> embedded(Product product);

  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  /// `path` must have passed check_target (catalogue/target.h). Literals are compared exactly and win over parameters, without
  /// going back. Takes no allocation; well under a microsecond.
  Match match(std::string_view method, std::string_view path) const noexcept;

  Product product() const noexcept { return product_; }
  const std::vector<Operation>& operations() const noexcept { return operations_; }
  /// nullptr if there is none.
  const Operation* find(std::string_view operation_id) const noexcept;
  const Shape* shape(std::string_view name) const noexcept;
  const std::vector<AccessRole>& roles() const noexcept { return roles_; }
  const AccessRole* role(std::string_view name) const noexcept;

  /// Builds the path anew from the template, with `decoded` (in the order of the template) escaped; appends it to `out`.
  /// `version` replaces each `{a|b}`; it must be one of its literals. False if a value is empty, "." or "..", or the count
  /// differs.
  static bool append_path(const Operation& operation, std::string_view version, const std::vector<std::string_view>& decoded,
                          std::string& out);

 private:
  explicit Catalogue(Product product);

  Product product_;
  std::vector<Operation> operations_;
  std::vector<std::unique_ptr<Shape>> shapes_;
  std::vector<AccessRole> roles_;
  std::unique_ptr<Trie> trie_;
};

}  // namespace gatehouse::catalogue
