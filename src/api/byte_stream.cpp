#include "api/byte_stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace gatehouse::api {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

void close_socket(Tcp::socket& socket) noexcept {
  boost::system::error_code ignored;
  socket.shutdown(Tcp::socket::shutdown_both, ignored);
  socket.close(ignored);
}

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(Tcp::socket socket) : socket_(std::move(socket)) {}
  void open(IoHandler done) override {
    asio::post(socket_.get_executor(), [done = std::move(done)] { done({}, 0); });
  }
  void read(char* to, std::size_t size, IoHandler done) override {
    socket_.async_read_some(asio::buffer(to, size), std::move(done));
  }
  void write(std::string_view bytes, IoHandler done) override {
    asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), std::move(done));
  }
  void close() noexcept override { close_socket(socket_); }

 private:
  Tcp::socket socket_;
};

class TlsStream final : public ByteStream {
 public:
  TlsStream(Tcp::socket socket, const http::TlsContext& context)
      : context_(retained(context)), stream_(std::move(socket), context_) {}
  void open(IoHandler done) override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [done = std::move(done)](const boost::system::error_code& error) { done(error, 0); });
  }
  void read(char* to, std::size_t size, IoHandler done) override {
    stream_.async_read_some(asio::buffer(to, size), std::move(done));
  }
  void write(std::string_view bytes, IoHandler done) override {
    asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), std::move(done));
  }
  void close() noexcept override { close_socket(stream_.next_layer()); }

 private:
  /// asio's context frees what it is given: it gets a reference of its own.
  static SSL_CTX* retained(const http::TlsContext& context) {
    SSL_CTX_up_ref(context.get());
    return context.get();
  }
  asio::ssl::context context_;
  asio::ssl::stream<Tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(Tcp::socket socket) { return std::make_unique<PlainStream>(std::move(socket)); }

std::unique_ptr<ByteStream> make_tls_stream(Tcp::socket socket, const http::TlsContext& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace gatehouse::api
