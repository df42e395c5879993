// The worst points of files, kept from run to run.
#include "runner/worst_corpus.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "runner/file_accuracy.hpp"
#include "tests/runner/accuracy_rows.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::PointOrigin;
using testing::ElementsAre;
using testing::HasSubstr;

std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// d(x - sin(x))/dx loses more digits the smaller x is.
const std::string cancelling = "input x in [0.001, 3]\ny = x - sin(x)\n";

struct Fixture {
  TemporaryDirectory directory;
  Options options;
  std::string path;  ///< of the corpus of t.grad

  Fixture() {
    options.corpus = directory.write("keep", "").parent_path().string();
    path = options.corpus + "/t.grad.txt";
  }
  /// Of the file whose name ends so.
  std::string contents_of(const std::string& end) const {
    for (const auto& entry : std::filesystem::directory_iterator(options.corpus))
      if (entry.path().string().ends_with(end)) return contents(entry.path().string());
    return {};
  }
  void store(const std::string& lines) const { std::ofstream(path) << lines; }
};

Options with_samples(Options options) {
  options.samples = 20;
  return options;
}

TEST(WorstCorpus, KeepsTheWorstPointAndTriesItAgain) {
  const Fixture f;
  const AccuracyRow first = row_of(cancelling, f.options);
  ASSERT_TRUE(first.worst);
  EXPECT_THAT(contents(f.path), HasSubstr("f64 y/x "));
  Options few = f.options;
  few.samples = 3;
  const AccuracyRow again = row_of(cancelling, few);
  ASSERT_TRUE(again.worst);
  EXPECT_EQ(again.worst->origin, PointOrigin::corpus);
  EXPECT_EQ(again.worst->inputs, first.worst->inputs);
  EXPECT_EQ(again.ulps.max, first.ulps.max);
  EXPECT_EQ(again.ulps.n, 3);
}

TEST(WorstCorpus, OnlyGrows) {
  const Fixture f;
  Options few = f.options;
  few.samples = 2;
  row_of(cancelling, few);
  const std::string before = contents(f.path);
  row_of(cancelling, f.options);
  const std::string after = contents(f.path);
  EXPECT_TRUE(after.starts_with(before));
  EXPECT_GT(after.size(), before.size());
  row_of(cancelling, f.options);
  EXPECT_EQ(contents(f.path), after);
}

/// By hand: 3 * 0.1 is 0.3 exactly, and 2^-54 more in float64, which is 1e307 of the least numbers.
TEST(WorstCorpus, LeavesOutZerosThatCancellingTermsExplain) {
  const Fixture f;
  const AccuracyRow row = row_of("input x in [1, 2]\ny = x * 0.1 * 3 - 0.3 * x\n", f.options);
  ASSERT_EQ(row.verdict, reports::AccuracyVerdict::ill_conditioned);
  ASSERT_TRUE(row.worst);
  EXPECT_GT(row.worst->ulps, 1e300);
  EXPECT_EQ(contents(f.path), "");
}

/// exp overflows at 716, and below 709.78, where the three drawn points are, it does not.
TEST(WorstCorpus, DoesNotCountAmongPointsThatOverflow) {
  Fixture f;
  f.options.samples = 3;
  f.store("f64 y/a 1 0x1.66p+9\n");
  const AccuracyRow row = row_of("input a in [1, 720]\ny = log(exp(a))\n", f.options);
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->origin, PointOrigin::corpus);
  EXPECT_EQ(row.points, 3);
  EXPECT_EQ(row.value_overflow, 0);
  EXPECT_EQ(row.reason, "the function overflows at the worst point, where its value is finite");
}

TEST(WorstCorpus, KnowsOutputsWithSubscripts) {
  const Fixture f;
  const std::string lines = "f64 x[0]-sin(x[0])/x 1e30 0x1p+0 0x1p+0\n";
  f.store(lines);
  const AccuracyRow row =
      row_of("input x : [2] in [0.001, 3]\ncheck x[0] - sin(x[0])\n", f.options);
  ASSERT_TRUE(row.worst);
  EXPECT_GT(row.worst->ulps, 100);
  EXPECT_EQ(contents(f.path), lines);
}

TEST(WorstCorpus, ShowsAStoredPointAgainByItsEntries) {
  const Fixture f;
  const std::string text = "dim n in 1..4\ninput x : [n] in [0.001, 3]\ny = sum(x - sin(x))\n";
  f.store("f64 y/x[n=2] 1 0x1.0624dd2f1a9fcp-10 0x1p+0\n");
  Options few = f.options;
  few.samples = 1;
  few.overrides.dtype = DType::f64;
  const AccuracyRow row = row_of(text, few);
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->origin, PointOrigin::corpus);
  EXPECT_EQ(row.repro,
            "gradcheck accuracy t.grad --samples 1 --dtype f64 --dim n=2 "
            "--set 'x=[0x1.0624dd2f1a9fcp-10,0x1p+0]'");
}

TEST(WorstCorpus, NotesErrorsThatHaveGrown) {
  const Fixture f;
  f.store("f64 y/x 3 0x1.0624dd2f1a9fcp-10\n");
  const reports::Run run = measured(cancelling, f.options);
  EXPECT_THAT(run.files[0].accuracy[0].worsened,
              ElementsAre(HasSubstr(" ulp at the point in line 1 of the corpus, which had 3")));
  EXPECT_EQ(run.exit_code, 0);
}

/// The verdict is ok, with errors between 0.5 and 8 ulp, so that the corpus alone can fail the run.
TEST(WorstCorpus, FailsAStrictRunWhoseErrorsHaveGrown) {
  Fixture f;
  f.options.strict = true;
  const std::string text = "input x in [1, 2]\ny = x ** 3 * exp(x)\n";
  const AccuracyRow row = row_of(text, f.options);
  ASSERT_EQ(row.verdict, reports::AccuracyVerdict::ok);
  ASSERT_GT(row.ulps.max, 0.51);
  EXPECT_EQ(measured(text, f.options).exit_code, 0);
  std::string lines = contents(f.path);
  const std::size_t ulps = lines.rfind("y/x ") + 4;
  lines.replace(ulps, lines.find(' ', ulps) - ulps, "0");
  f.store(lines);
  EXPECT_EQ(measured(text, f.options).exit_code, 1);
}

TEST(WorstCorpus, PassesOverLinesThatAreNoPointsOfTheFile) {
  const Fixture f;
  f.store(
      "f64 y/x 1 0x1p+5\n"         // outside of the domain
      "f64 y/x 1 0x1p+0 0x1p+0\n"  // too many entries
      "f64 y/x[n=2] 1 0x1p+0\n"    // there is no such size
      "f64 z/x 1 0x1p+0\n"         // there is no such output
      "f32 y/x 1 0x1p+0\n");       // not of this precision
  const reports::Run run = measured(cancelling, f.options);
  ASSERT_TRUE(run.accuracy);
  EXPECT_THAT(
      run.accuracy->notes,
      testing::Contains(f.path + ": no points of the derivatives of t.grad in lines 1, 2, 3, 4"));
  EXPECT_NE(run.files[0].accuracy[0].worst->origin, PointOrigin::corpus);
}

/// The points of a function of x alone are none of a function of x and c, nor of c alone.
TEST(WorstCorpus, IsLeftAloneWhereValuesAreGiven) {
  const Fixture f;
  const std::string text = "input x in [0.001, 3]\ninput c in [1, 2]\ny = c * (x - sin(x))\n";
  f.store("f64 y/x 0 0x1p+0\n");
  Options given = f.options;
  given.overrides.set = {{"c", "1.5"}};
  const reports::Run run = measured(text, given);
  ASSERT_TRUE(run.accuracy);
  EXPECT_THAT(run.accuracy->notes, ElementsAre());
  EXPECT_EQ(contents(f.path), "f64 y/x 0 0x1p+0\n");
}

TEST(WorstCorpus, ThatCannotBeReadStaysAsItIs) {
  const Fixture f;
  const std::string text = "f64 y/x 1 bad\n";
  f.store(text);
  try {
    measured(cancelling, f.options);
    FAIL();
  } catch (const reports::BadWorstInput& error) {
    EXPECT_EQ(error.what(), f.path + ":1: not a number: 'bad'");
  }
  EXPECT_EQ(contents(f.path), text);
}

TEST(WorstCorpus, OfFilesOfOneNameAreTwo) {
  const Fixture f;
  const Input inputs[] = {{"a/t.grad", cancelling}, {"./b/../b/t.grad", cancelling}};
  measure_accuracy(inputs, f.options);
  EXPECT_TRUE(std::filesystem::exists(f.options.corpus + "/a_t.grad.txt"));
  EXPECT_TRUE(std::filesystem::exists(f.options.corpus + "/b_t.grad.txt"));
}

TEST(WorstCorpus, ThatCannotBeWrittenCostsNoResult) {
  Fixture f;
  f.options.corpus += "/keep";  // a file
  const reports::Run run = measured(cancelling, f.options);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_EQ(run.files[0].accuracy.size(), 1U);
}

TEST(WorstCorpus, OfACoreHasItsName) {
  const Fixture f;
  Input input{"t.grad", cancelling};
  input.core = CoreOrigin{
      .name = "a/b, c", .line = 3, .column = 1, .length = 1, .line_text = "", .unsupported = ""};
  WorstCorpus corpus(input, f.options);
  measure_file(input, with_samples(f.options), corpus);
  corpus.save();
  EXPECT_THAT(contents(f.options.corpus + "/t.grad.a_b__c.txt"), HasSubstr("f64 "));
}

TEST(WorstCorpus, OfCoresOfOneNameAreTwo) {
  const Fixture f;
  const std::string path =
      f.directory.write("t.fpcore",
                        "(FPCore (x) :name \"n\" :pre (<= 1 x 2) (- x (sin x)))\n"
                        "(FPCore (t) :name \"n\" :pre (<= 3 t 4) (sin (* t 1000)))\n");
  const Input input{path, {}};
  const reports::Run run = measure_accuracy({&input, 1}, f.options);
  ASSERT_EQ(run.files[0].accuracy.size(), 2U);
  EXPECT_EQ(run.files[0].accuracy[1].name, "n (core 2)");
  EXPECT_EQ(run.files[0].accuracy[1].wrt, "t");
  EXPECT_THAT(f.contents_of("_t.fpcore.n.txt"), HasSubstr("/x "));
  EXPECT_THAT(f.contents_of("_t.fpcore.n__core_2_.txt"), HasSubstr("/t "));
}

TEST(WorstCorpus, IsTheSameForEveryNumberOfThreads) {
  const Fixture one, four;
  Options many = four.options;
  many.jobs = 4;
  row_of(cancelling, one.options);
  row_of(cancelling, many);
  EXPECT_EQ(contents(one.path), contents(four.path));
}

/// By hand: half an ulp below 4 stored ulps, an eighth above.
TEST(WorstInputs, AreWorseBeyondWhatAnotherLibmMayMake) {
  EXPECT_FALSE(reports::is_worse_than_stored(2.5, 2));
  EXPECT_TRUE(reports::is_worse_than_stored(2.51, 2));
  EXPECT_FALSE(reports::is_worse_than_stored(18, 16));
  EXPECT_TRUE(reports::is_worse_than_stored(18.1, 16));
}

}  // namespace
}  // namespace verigrad::runner
