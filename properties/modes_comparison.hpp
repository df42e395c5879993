// An engine and the model side by side.
#pragma once

#include <memory>

#include "properties/modes_model.hpp"

namespace verigrad::properties {

/// One list of commands on a new session.
class Comparison {
 public:
  /// With a result, commands are counted there.
  Comparison(std::unique_ptr<ModesSession> session, ModesResult* counted)
      : session_(std::move(session)), counted_(counted) {}

  /// Decodes and runs a command. Whether the engine and the model agree afterwards.
  bool step(const Command& drawn);
  /// Those that were run, decoded.
  const std::vector<Command>& commands() const { return commands_; }
  /// What differs; empty when nothing does.
  const std::string& message() const { return message_; }

 private:
  std::unique_ptr<ModesSession> session_;
  ModesModel model_;
  ModesResult* counted_;
  std::vector<Command> commands_;
  std::string message_;
};

/// A failing list without the commands that it does not need, for whatever difference. What a
/// command that goes has made is replaced by the operand that it was made of.
ModesFailure smallest(const NewSession& new_session, std::vector<Command> failing);

}  // namespace verigrad::properties
