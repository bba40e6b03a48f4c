#include "crypto/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace gatehouse::crypto {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

/// Control characters have no business in a report.
std::string printable(const unsigned char* bytes, int size) {
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0)));
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return text;
}

std::string subject_of(const X509* certificate) {
  const X509_NAME* name = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at >= 0) {
    const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    return printable(ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
  }
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> others(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; others && i < sk_GENERAL_NAME_num(others.get()); ++i) {
    const GENERAL_NAME* other = sk_GENERAL_NAME_value(others.get(), i);
    if (other->type == GEN_DNS) return printable(ASN1_STRING_get0_data(other->d.dNSName), ASN1_STRING_length(other->d.dNSName));
  }
  return {};
}

Result<Instant> instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
    return fail(Errc::kDataCorrupt, "The certificate's dates can't be read.");
  const std::time_t seconds = timegm(&parts);
  return Instant(std::chrono::seconds(seconds));
}

}  // namespace

Result<CertificateFacts> read_certificate(const std::string& path) {
  const std::unique_ptr<BIO, Freed<BIO_free>> file(BIO_new_file(path.c_str(), "r"));
  if (!file) return fail(Errc::kUnavailable, "The certificate file can't be read.", path);
  const std::unique_ptr<X509, Freed<X509_free>> certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  if (!certificate) return fail(Errc::kDataCorrupt, "The file holds no certificate in PEM.", path);
  CertificateFacts facts;
  facts.subject = subject_of(certificate.get());
  GH_TRY(facts.not_before, instant_of(X509_get0_notBefore(certificate.get())));
  GH_TRY(facts.not_after, instant_of(X509_get0_notAfter(certificate.get())));
  return facts;
}

}  // namespace gatehouse::crypto
