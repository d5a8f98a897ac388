package io.irscale.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what irscale finds on this machine, and what is missing. */
@Command(
        name = "doctor",
        description = "Shows what irscale finds on this machine, and how to get what is missing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  irscale doctor --libtorch venv/lib/python3.13/site-packages/torch")
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--libtorch",
            paramLabel = "DIR",
            description = "PyTorch or libtorch folder to look at; default: the one irscale brings.")
    private Optional<Path> libtorch = Optional.empty();

    @Option(names = "--model", paramLabel = "DIR", description = "Pipeline whose tokenizers to look at.")
    private Optional<Path> model = Optional.empty();

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        findings.add(DoctorSoftware.jdk(Runtime.version()));
        findings.add(DoctorSoftware.nativeLibrary());
        findings.add(DoctorSoftware.torch(libtorch));
        findings.addAll(DoctorMachine.cpu());
        findings.add(DoctorMachine.kernels());
        findings.add(DoctorMachine.memory());
        findings.addAll(DoctorMachine.cudaDevices(libtorch));
        model.ifPresent(folder -> findings.add(DoctorSoftware.tokenizers(folder)));

        int width = findings.stream()
                .mapToInt(finding -> finding.name().length())
                .max()
                .orElse(0);
        findings.forEach(finding -> print(finding, width));
        return findings.stream().anyMatch(Finding::isMissing) ? ExitCode.CHECK_FAILED : ExitCode.OK;
    }

    private void print(Finding finding, int width) {
        String mark = switch (finding.state()) {
            case OK -> Ansi.AUTO.string("@|green ok     |@");
            case ABSENT -> Ansi.AUTO.string("@|yellow -      |@");
            case MISSING -> Ansi.AUTO.string("@|bold,red missing|@");
        };
        String name = finding.name() + " ".repeat(width - finding.name().length());
        spec.commandLine().getOut().println(mark + "  " + name + "  " + OneLine.of(finding.text()));
        spec.commandLine().getOut().flush();
    }
}
