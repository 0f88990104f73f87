// Options of qcc and qcc-run. The visibility says which tool takes them, both without one; docs/CommandLine.md lists every one.
include "llvm/Option/OptParser.td"

class Flag1<string name, string help> : Flag<["-"], name>, HelpText<help>;
class Value1<string name, string meta, string help> : Joined<["-"], name # "=">, MetaVarName<meta>, HelpText<help>;

// Marks for the manifest's list of options.
def DecidesOutput : OptionFlag; // other bytes, or other contents of the header
def NamesFile : OptionFlag;     // the value is a path, or holds one behind its last "="

// Of qcc only, which writes files.
def WriteVisibility : OptionVisibility;
class WriteFlag<string name, string help> : Flag1<name, help>, Visibility<[WriteVisibility]>;
class WriteValue<string name, string meta, string help> : Value1<name, meta, help>, Visibility<[WriteVisibility]>;

def help : Flag1<"help", "print this text">;
def version : Flag1<"version", "print the version">;
def : Flag<["-"], "h">, Alias<help>;
def : Flag<["--"], "help">, Alias<help>;
def : Flag<["--"], "version">, Alias<version>;
def verbose : WriteFlag<"v", "print a summary of the compiled network">;
def output : JoinedOrSeparate<["-"], "o">, MetaVarName<"<file>">, Visibility<[WriteVisibility]>, HelpText<"object to write; the header is written beside it">, Flags<[NamesFile]>;
def target : Value1<"target", "<name>", "machine: host (default), x86_64, aarch64, cortex-m0 ... cortex-m55 (see -print-targets)">, Flags<[DecidesOutput]>;
def mcpu : Value1<"mcpu", "<cpu>", "CPU of the target, LLVM's names; host without it is this machine's">, Flags<[DecidesOutput]>;
def mattr : Value1<"mattr", "<+a,-b>", "features to add or remove">, Flags<[DecidesOutput]>;
def optimize : Joined<["-"], "O">, MetaVarName<"<0|1|2|3|s>">, HelpText<"how hard LLVM works on the generated code; 2 is the default, s prefers small code">, Flags<[DecidesOutput]>;
def name : WriteValue<"name", "<identifier>", "prefix of every symbol and macro; default: the file's stem">, Flags<[DecidesOutput]>;
def emit : WriteValue<"emit", "<kind>", "obj (default), asm, llvm, onnx (the simplified network), or the MLIR of a stage: import, simplify, ... codegen">;
def stop_after : Value1<"stop-after", "<stage>", "run no stage after this one; the output is what it hands on">;
def start_from : Value1<"start-from", "<stage>", "the input is MLIR text as the stage before <stage> hands it on">;
def dump_stages : Value1<"dump-stages", "<dir>", "write NN.<stage>.mlir after every stage, weights elided">, Flags<[NamesFile]>;
def save_temps : WriteFlag<"save-temps", "write the stages' dumps, LLVM IR and assembly beside the output">;
def dim : Value1<"dim", "<name>=<size>", "size of a symbolic dimension">, Flags<[DecidesOutput]>;
def shape : Value1<"shape", "<input>=<AxBxC>", "shape of a network input">, Flags<[DecidesOutput]>;
def constant : Value1<"constant", "<input>=<values|file.npy>", "value of a network input that is known now">, Flags<[DecidesOutput, NamesFile]>;
def state : Value1<"state", "<input>=<output>", "the input is the output of the run before; both move into the state">, Flags<[DecidesOutput]>;
def calibrate : Value1<"calibrate", "<dir>", "quantize a float network with the samples of this folder">, Flags<[DecidesOutput, NamesFile]>;
def calibration : Value1<"calibration", "<table.json>", "quantize with the ranges of this table">, Flags<[DecidesOutput, NamesFile]>;
def calibration_out : Value1<"calibration-out", "<table.json>", "write the ranges that -calibrate found">, Flags<[NamesFile]>;
def calibrate_cpu : Value1<"calibrate-cpu", "<cpu>", "CPU whose instructions the calibration runs with">;
def io : Value1<"io", "<native|quantized>", "element types at the boundary: the graph's, or its first and last integers">, Flags<[DecidesOutput]>;
def keep_tensors : Flag1<"keep-tensors", "give every kernel's result memory of its own">, Flags<[DecidesOutput]>;
def manifest : WriteValue<"manifest", "<file.json>", "write the facts of the header as JSON">, Flags<[NamesFile]>;
def verify_object : WriteFlag<"verify-object", "check the finished object against the contract (default)">;
def no_verify_object : WriteFlag<"no-verify-object", "leave the check of the finished object out">;
def no_selftest : WriteFlag<"no-selftest", "leave <name>_selftest out of the object">, Flags<[DecidesOutput]>;
def remarks : Value1<"Rpass", "<regex>", "print remarks whose text matches">;
def max_arena : WriteValue<"max-arena", "<bytes>", "fail with exit code 4 when the arena is larger">;
def max_flash : WriteValue<"max-flash", "<bytes>", "fail with exit code 4 when code and weights are larger">;
def max_stack : WriteValue<"max-stack", "<bytes>", "fail with exit code 4 when the stack may be deeper">;
def print_inputs : WriteFlag<"print-inputs", "print the model's inputs and outputs, and compile nothing">;
def print_targets : Flag1<"print-targets", "list the targets">;
def print_supported_operators : Flag1<"print-supported-operators", "print the table of ONNX operators">;
def print_stages : Flag1<"print-stages", "list the stages and what each hands on">;

// Of qcc-run only.
def RunVisibility : OptionVisibility;
class RunFlag<string name, string help> : Flag1<name, help>, Visibility<[RunVisibility]>;
class RunValue<string name, string meta, string help> : Value1<name, meta, help>, Visibility<[RunVisibility]>;

def input : Joined<["-"], "input=">, MetaVarName<"<name:file.npy[:transforms]>">, Visibility<[RunVisibility]>,
  HelpText<"samples of an input, the first axis counts them; transforms: offset=, scale=, mean=a/b/c, std=a/b/c, layout=nchw">;
def samples : RunValue<"samples", "<n>", "use the first n samples only">;
def labels : RunValue<"labels", "<file.npy>", "class of each sample: print the accuracy of output 0">;
def expect : RunValue<"expect", "<name:file.npy>", "values of an output for each sample: print the largest difference">;
def run_output : RunValue<"output", "<name:file.npy>", "write an output of every sample">;
def run_with : RunValue<"run-with", "<compiled|reference>", "evaluate the network with generated code (default) or the Reference evaluator">;
def compare : RunValue<"compare", "reference", "compare every kernel's result with the Reference evaluator">;
def latency : RunFlag<"latency", "print percentiles of the time of one run">;
