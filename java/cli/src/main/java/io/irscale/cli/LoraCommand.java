package io.irscale.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Looks at LoRA files and changes them. */
@Command(
        name = "lora",
        description = "Inspects, merges and converts FLUX.1 LoRA files of every published format.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  irscale lora inspect infrared.safetensors")
final class LoraCommand {
    private LoraCommand() {}

    /** The command with its own subcommands; {@code interruption} ends them early. */
    static CommandLine commandLine(Interruption interruption) {
        return new CommandLine(new LoraCommand())
                .addSubcommand(new LoraInspectCommand())
                .addSubcommand(new LoraMergeCommand(interruption))
                .addSubcommand(new LoraConvertCommand());
    }
}
