#include "tests/support/exact_json.hpp"

#include <charconv>
#include <vector>

namespace innkeeper::testing {
namespace {

class builder : public nlohmann::json_sax<exact_json> {
 public:
  exact_json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    return add(exact_number(std::to_string(value)));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(exact_number(std::to_string(value)));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return add(exact_number(text));
  }
  bool string(string_t& value) override { return add(value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(exact_json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(exact_json::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    key_ = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  exact_json& place(exact_json value) {
    if (open_.empty()) {
      return root_ = std::move(value);
    }
    exact_json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return parent.back();
    }
    return parent[key_] = std::move(value);
  }
  bool add(exact_json value) {
    place(std::move(value));
    return true;
  }
  bool open(exact_json value) {
    open_.push_back(&place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  exact_json root_;
  std::string key_;
  std::vector<exact_json*> open_;  // innermost last; a parent does not grow while its child does
};

void append(std::string& out, const exact_json& value) {
  const char* separator = "";
  if (is_number(value)) {
    out += number_text(value);
  } else if (value.is_array()) {
    out += '[';
    for (const exact_json& item : value) {
      out += separator;
      append(out, item);
      separator = ",";
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    for (const auto& [name, item] : value.items()) {
      out += separator + exact_json(name).dump() + ':';
      append(out, item);
      separator = ",";
    }
    out += '}';
  } else {
    out += value.dump();
  }
}

}  // namespace

std::optional<exact_json> parse_exact(std::string_view text) {
  builder result;
  if (!exact_json::sax_parse(text, &result)) {
    return std::nullopt;
  }
  return result.take();
}

std::string write_exact(const exact_json& value) {
  std::string result;
  append(result, value);
  return result;
}

exact_json exact_number(std::string_view text) {
  return exact_json::binary({text.begin(), text.end()});
}

bool is_number(const exact_json& value) {
  return value.is_binary();
}

std::string number_text(const exact_json& value) {
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

std::string canonical_decimal(std::string_view number) {
  const std::size_t mark = number.find_first_of("eE");
  long long power = 0;
  if (mark != std::string_view::npos) {
    const std::size_t plus = number[mark + 1] == '+' ? 1 : 0;
    std::from_chars(number.data() + mark + 1 + plus, number.data() + number.size(), power);
  }
  std::string digits(number.substr(0, mark));
  const bool negative = digits.starts_with('-');
  digits.erase(0, negative ? 1 : 0);
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    power -= static_cast<long long>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  digits.erase(0, digits.find_first_not_of('0'));
  while (digits.ends_with('0')) {
    digits.pop_back();
    ++power;
  }
  if (digits.empty()) {
    return "0";
  }
  return (negative ? "-" : "") + digits + "e" + std::to_string(power);
}

}  // namespace innkeeper::testing
