// When a TLS certificate ends, read from its PEM file. For the reports: the listener reads its certificate itself (http/tls.h).
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::crypto {

struct CertificateFacts {
  std::string subject;  ///< its common name, else its first DNS name; empty where it has neither
  Instant not_before{};
  Instant not_after{};
};

/// The first certificate of the file, which is the server's own. kUnavailable: the file can't be read; kDataCorrupt: it holds no
/// certificate in PEM.
Result<CertificateFacts> read_certificate(const std::string& path);

}  // namespace gatehouse::crypto
