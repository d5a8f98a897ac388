package io.irscale.lora;

/** The models that a LoRA of FLUX can update. */
public enum LoraTarget {
    /** The FLUX transformer. */
    TRANSFORMER("transformer"),
    /** The CLIP text encoder. */
    CLIP("text_encoder");

    private final String component;

    LoraTarget(String component) {
        this.component = component;
    }

    /** Its name as a component of a diffusers pipeline, which diffusers' LoRA keys begin with. */
    public String component() {
        return component;
    }
}
