// ByteStream: one accepted connection, plain or TLS, as asynchronous reads and writes. Keeps TLS out of the rest of api/.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/tls.h"

namespace gatehouse::api {

using IoHandler = std::function<void(const boost::system::error_code& error, std::size_t bytes)>;

/// Used on the listener's thread alone. One read and one write at a time; buffers stay valid until the handler was called.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// TLS shakes hands; plain calls at once.
  virtual void open(IoHandler done) = 0;
  virtual void read(char* to, std::size_t size, IoHandler done) = 0;
  virtual void write(std::string_view bytes, IoHandler done) = 0;
  /// Ends both directions; pending operations end with an error.
  virtual void close() noexcept = 0;
};

std::unique_ptr<ByteStream> make_plain_stream(boost::asio::ip::tcp::socket socket);
std::unique_ptr<ByteStream> make_tls_stream(boost::asio::ip::tcp::socket socket, const http::TlsContext& context);

}  // namespace gatehouse::api
