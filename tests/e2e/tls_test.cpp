// TLS in the process, with certificates made by the openssl program.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait.hpp"

namespace innkeeper::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace fs = std::filesystem;
using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;

void make_certificate(const fs::path& place, const std::string& name,
                      const std::string& days = "2") {
  const auto made =
      run_command({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:P-256", "-nodes", "-days", days, "-subj", "/CN=" + name,
                   "-keyout", place / "key.pem", "-out", place / "cert.pem"});
  REQUIRE(made.ended->code == 0);
}

server_options with_tls(const fs::path& place) {
  server_options options;
  options.arguments = {"--tls-cert", place / "cert.pem", "--tls-key", place / "key.pem"};
  return options;
}

/// A connection that has shaken hands; knows nothing of certificates.
struct client {
  client(std::uint16_t port, int version_max = TLS1_3_VERSION) {
    SSL_set_max_proto_version(stream.native_handle(), version_max);
    SSL_set_security_level(stream.native_handle(), 0);
    SSL_set_min_proto_version(stream.native_handle(), TLS1_VERSION);
    stream.next_layer().open(asio::ip::tcp::v4());
    // Small, so that whoever does not read is noticed soon.
    stream.next_layer().set_option(asio::socket_base::receive_buffer_size(4096));
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    stream.handshake(tls_stream::client, error);
  }

  std::string certificate_name() {
    auto* const certificate = SSL_get1_peer_certificate(stream.native_handle());
    REQUIRE(certificate != nullptr);
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof(name));
    X509_free(certificate);
    return name;
  }

  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  tls_stream stream{io, context};
  beast::error_code error;
};

}  // namespace

TEST_CASE("pages and conversations go over TLS, and cookies are for TLS only", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  const server_process server(with_tls(place.path()));

  client page(server.port());
  REQUIRE_FALSE(page.error);
  namespace http = beast::http;
  http::request<http::empty_body> request(http::verb::get, "/chat", 11);
  request.set(http::field::host, "localhost");
  http::write(page.stream, request);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(page.stream, buffer, response);
  CHECK(response.result() == http::status::ok);
  CHECK(response.body().size() > 10'000);

  client talk(server.port());
  REQUIRE_FALSE(talk.error);
  beast::websocket::stream<tls_stream&> socket(talk.stream);
  beast::websocket::response_type answer;
  socket.handshake(answer, "localhost", "/websocket?room=r");
  const auto cookie = answer[beast::http::field::set_cookie];
  CHECK(std::string(cookie).find("SameSite=None; Secure") != std::string::npos);
  const std::string large(200'000, 'x');
  socket.write(asio::buffer(std::string(R"({"type":"subscribe","data":"chat"})")));
  socket.write(asio::buffer(R"({"type":"chat","data":")" + large + "\"}"));
  std::string heard;
  for (int i = 0; i < 3; ++i) {
    beast::flat_buffer frame;
    socket.read(frame);
    heard = beast::buffers_to_string(frame.data());
  }
  CHECK(heard.find(large) != std::string::npos);
  socket.close(beast::websocket::close_code::normal);
}

TEST_CASE("a monitor is answered over TLS when its address has used up its connects", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  auto options = with_tls(place.path());
  options.environment["INNKEEPER_CONNECTS_BURST"] = "1";
  options.environment["INNKEEPER_CONNECTS_PER_SECOND"] = "1";
  const server_process server(options);
  const auto status_of = [&](const std::string& path) {
    client asking(server.port());
    if (asking.error) return std::string("no handshake");
    const auto request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    asio::write(asking.stream, asio::buffer(request), asking.error);
    std::string answer(12, '\0');
    asio::read(asking.stream, asio::buffer(answer), asking.error);
    return answer.substr(9);
  };
  while (status_of("/chat") == "200") {
  }
  for (int i = 0; i < 5; ++i) CHECK(status_of("/healthz") == "200");
  CHECK(status_of("/readyz") == "200");
  CHECK(status_of("/chat") == "429");
}

TEST_CASE("who takes nothing for too long is let go, and the server's end with it", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  auto options = with_tls(place.path());
  options.environment["INNKEEPER_STALL_MS"] = "3000";
  const server_process server(options);
  const auto descriptors = [&] {
    const fs::directory_iterator open_files("/proc/" + std::to_string(server.pid()) + "/fd");
    return std::distance(begin(open_files), {});
  };
  client greedy(server.port());
  REQUIRE_FALSE(greedy.error);
  std::string requests;
  for (int i = 0; i < 600; ++i) requests += "GET /chat HTTP/1.1\r\nHost: localhost\r\n\r\n";
  asio::write(greedy.stream, asio::buffer(requests), greedy.error);
  constexpr int of_one_client = 3;
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const auto held = descriptors();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (descriptors() > held - of_one_client && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  CHECK(descriptors() == held - of_one_client);
}

TEST_CASE("who sends records that bring nothing, again and again, is let go", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  const server_process server(with_tls(place.path()));
  const auto is_answered_after_new_keys = [&](int times) {
    client asking(server.port());
    REQUIRE_FALSE(asking.error);
    auto* const ssl = asking.stream.native_handle();
    for (int i = 0; i < times; ++i) {
      SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
      SSL_do_handshake(ssl);
    }
    const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    asio::write(asking.stream, asio::buffer(request), asking.error);
    std::string answer(8, '\0');
    asio::read(asking.stream, asio::buffer(answer), asking.error);
    return answer == "HTTP/1.1";
  };
  CHECK(is_answered_after_new_keys(60));
  CHECK_FALSE(is_answered_after_new_keys(70));
}

TEST_CASE("versions before TLS 1.2 are refused", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  const server_process server(with_tls(place.path()));
  CHECK(client(server.port(), TLS1_1_VERSION).error);
  CHECK_FALSE(client(server.port(), TLS1_2_VERSION).error);
}

TEST_CASE("SIGHUP renews the certificate, and keeps the old one if the new one is broken",
          "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  server_process server(with_tls(place.path()));
  CHECK(client(server.port()).certificate_name() == "first");
  const auto eventually = [&](auto holds) {
    for (int i = 0; i < 1000 && !holds(); ++i) run_command({"true"});
    return holds();
  };
  make_certificate(place.path(), "second");
  server.kill(SIGHUP);
  CHECK(eventually([&] { return client(server.port()).certificate_name() == "second"; }));
  std::ofstream(place.path() / "cert.pem") << "broken";
  server.kill(SIGHUP);
  CHECK(eventually([&] { return server.log_text().find("as it was") != std::string::npos; }));
  CHECK(client(server.port()).certificate_name() == "second");
}

TEST_CASE("the owner is told that the certificate ends soon, and that a new one does not",
          "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "old", "13");
  server_process server(with_tls(place.path()));
  const auto is_told = [&](const std::string& words) {
    return becomes_true([&] { return server.log_text().find(words) != std::string::npos; });
  };
  CHECK(is_told("certificate_ends_soon: '" + (place.path() / "cert.pem").string() + "' ends in"));
  make_certificate(place.path(), "new", "16");
  server.kill(SIGHUP);
  CHECK(is_told("certificate_ends_soon is over"));
}

TEST_CASE("a key under a pass phrase is refused in words, at the start and on SIGHUP", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  server_process server(with_tls(place.path()));
  const auto key = place.path() / "key.pem";
  const auto form = GENERATE(as<std::string>{}, "pkcs8", "traditional");
  std::vector<std::string> encrypt{"openssl", "pkcs8", "-topk8", "-in", key, "-passout", "pass:x"};
  if (form == "traditional") {
    encrypt = {"openssl", "ec", "-in", key, "-aes128", "-passout", "pass:x"};
  }
  const auto locked = run_command(encrypt).out;
  REQUIRE(locked.find("ENCRYPTED") != std::string::npos);
  std::ofstream(key) << locked;
  server.kill(SIGHUP);
  const auto is_told = [&] {
    return server.log_text().find("under a pass phrase") != std::string::npos;
  };
  for (int i = 0; i < 1000 && !is_told(); ++i) run_command({"true"});
  CHECK(is_told());
  CHECK(client(server.port()).certificate_name() == "first");
  const auto start =
      run_command({tested_binary(), "serve", "--port", "0", "--data", place.path() / "x.db",
                   "--tls-cert", place.path() / "cert.pem", "--tls-key", key});
  CHECK(start.ended->code == 1);
  CHECK(start.err.find("openssl pkey -in " + key.string()) != std::string::npos);
}

TEST_CASE("certificates and keys with byte order marks are read, the whole chain", "[tls]") {
  const temporary_directory place;
  const temporary_directory other;
  make_certificate(place.path(), "first");
  make_certificate(other.path(), "second");
  const std::string mark = "\xEF\xBB\xBF";
  const auto first = file_text(place.path() / "cert.pem");
  const auto second = file_text(other.path() / "cert.pem");
  const auto key = file_text(place.path() / "key.pem");
  std::ofstream(place.path() / "cert.pem") << mark << first << mark << second;
  std::ofstream(place.path() / "key.pem") << mark << key;
  const server_process server(with_tls(place.path()));
  client asking(server.port());
  REQUIRE_FALSE(asking.error);
  CHECK(asking.certificate_name() == "first");
  CHECK(sk_X509_num(SSL_get_peer_cert_chain(asking.stream.native_handle())) == 2);
}

TEST_CASE("files that are no certificate and key are refused in words", "[tls]") {
  const temporary_directory place;
  make_certificate(place.path(), "first");
  const auto cert = (place.path() / "cert.pem").string();
  const auto key = (place.path() / "key.pem").string();
  const auto start = [&](const std::string& with_cert, const std::string& with_key) {
    return run_command({tested_binary(), "serve", "--port", "0", "--data", place.path() / "x.db",
                        "--tls-cert", with_cert, "--tls-key", with_key});
  };
  const auto missing = start(cert + ".not", key);
  CHECK(missing.ended->code == 1);
  CHECK(missing.err.find("--tls-cert") != std::string::npos);
  const temporary_directory other;
  make_certificate(other.path(), "other");
  const auto mismatched = start(cert, other.path() / "key.pem");
  CHECK(mismatched.ended->code == 1);
  CHECK(mismatched.err.find("--tls-key") != std::string::npos);
  CHECK(mismatched.err.find("is not the key of the certificate") != std::string::npos);
  std::ofstream(place.path() / "wide.pem", std::ios::binary) << std::string("\xFF\xFE-\0", 4);
  const auto wide = start(cert, place.path() / "wide.pem");
  CHECK(wide.ended->code == 1);
  CHECK(wide.err.find("wide.pem' is saved as UTF-16") != std::string::npos);
  const auto alone = run_command({tested_binary(), "serve", "--tls-cert", cert});
  CHECK(alone.ended->code == 2);
}

}  // namespace innkeeper::testing
