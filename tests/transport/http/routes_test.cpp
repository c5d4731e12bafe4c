#include "transport/http/routes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using enum http::verb;

route answering(std::string path, std::vector<http::verb> methods, std::string word) {
  return {std::move(path),
          [word = std::move(word)](const http_request& request,
                                   const server_context&) -> asio::awaitable<http_response> {
            co_return make_response(head_of(request), http::status::ok, text_type,
                                    word + request.body());
          },
          std::move(methods)};
}

void add_routes_to(server_context& context) {
  context.routes.push_back({"/page", answering("", {}, "page").answer});
  context.routes.push_back(answering("/notes", {get, head}, "read"));
  context.routes.push_back(answering("/notes", {post}, "written "));
  context.routes.push_back(answering("/hook", {post}, "heard "));
}

http_request request_of(http::verb method, const std::string& path) {
  http_request request(method, path, 11);
  request.set(http::field::host, "localhost");
  request.body() = "body";
  return request;
}

http_response answer_to(const http_request& request) {
  server_context context;
  add_routes_to(context);
  const remote_client nobody{};  // has to outlive the coroutine
  asio::io_context io;
  http_response answered;
  asio::co_spawn(io, answer(request, nobody, context),
                 [&answered](auto, http_response response) { answered = std::move(response); });
  io.run();
  return answered;
}

TEST_CASE("a route answers GET and HEAD if it says nothing else") {
  CHECK(answer_to(request_of(get, "/page")).result() == http::status::ok);
  CHECK(answer_to(request_of(head, "/page")).result() == http::status::ok);
  const auto refused = answer_to(request_of(post, "/page"));
  CHECK(refused.result() == http::status::method_not_allowed);
  CHECK(refused[http::field::allow] == "GET, HEAD");
  CHECK(refused.body().find("Only GET and HEAD.") != std::string::npos);
}

TEST_CASE("a route that takes POST gets its body, and other methods are told of it") {
  CHECK(answer_to(request_of(post, "/hook")).body() == "heard body");
  const auto refused = answer_to(request_of(get, "/hook"));
  CHECK(refused.result() == http::status::method_not_allowed);
  CHECK(refused[http::field::allow] == "POST");
}

TEST_CASE("two routes share a path and answer a method each") {
  CHECK(answer_to(request_of(post, "/notes")).body() == "written body");
  CHECK(answer_to(request_of(get, "/notes")).body() == "readbody");
  CHECK(answer_to(request_of(delete_, "/notes"))[http::field::allow] == "GET, HEAD, POST");
}

TEST_CASE("a foreign site's page may read by a route, and change nothing") {
  auto change = request_of(post, "/notes");
  change.set(http::field::origin, "https://evil.example");
  CHECK(answer_to(change).result() == http::status::forbidden);
  change.method(get);
  CHECK(answer_to(change).result() == http::status::ok);
}

TEST_CASE("a body is read where a route or an object takes it") {
  server_context context;
  add_routes_to(context);
  CHECK(takes_body(request_of(post, "/hook"), context));
  CHECK(takes_body(request_of(post, "/objects/kind/name"), context));
  CHECK_FALSE(takes_body(request_of(get, "/hook"), context));
  CHECK_FALSE(takes_body(request_of(get, "/notes"), context));
  CHECK_FALSE(takes_body(request_of(post, "/page"), context));
  CHECK_FALSE(takes_body(request_of(post, "/other"), context));
}

TEST_CASE("a path that nobody has is answered 404, whatever the method") {
  CHECK(answer_to(request_of(get, "/other")).result() == http::status::not_found);
  CHECK(answer_to(request_of(post, "/other")).result() == http::status::not_found);
}

}  // namespace
}  // namespace innkeeper::transport
