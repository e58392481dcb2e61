#compdef easel

__easel_complete() {
    local -ar non_empty_completions=("${@:#(|:*)}")
    local -ar empty_completions=("${(M)@:#(|:*)}")
    _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
}

__easel_custom_complete() {
    local -a completions
    completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
    if [[ "${#completions[@]}" -gt 1 ]]; then
        __easel_complete "${completions[@]:0:-1}"
    fi
}

__easel_cursor_index_in_current_word() {
    if [[ -z "${QIPREFIX}${IPREFIX}${PREFIX}" ]]; then
        printf 0
    else
        printf %s "${#${(z)LBUFFER}[-1]}"
    fi
}

_easel() {
    emulate -RL zsh -G
    setopt extendedglob nullglob numericglobsort
    unsetopt aliases banghist

    local -xr SAP_SHELL=zsh
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(builtin emulate zsh -c 'printf %s "${ZSH_VERSION}"')"
    local -r SAP_SHELL_VERSION

    local context state state_descr line
    local -A opt_args

    local -r command_name="${words[1]}"
    local -ar command_line=("${words[@]}")
    local -ir current_word_index="$((CURRENT - 1))"

    local -i ret=1
    local -ar arg_specs=(
        '--theme[Theme of the studio, for this time.]:name:'
        '--graphics[How the studio shows pictures\: auto, sixel, kitty, iterm2, blocks, halves or sextants.]:kind:'
        '--plain[The studio as lines of text that are never drawn over\: for screen readers and dumb terminals.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'paint:Paint pictures from words.'
            'upscale:Make a picture two or four times as wide and high.'
            'history:List and search what was painted, newest first.'
            'show:Draw a picture on stdout and tell how it was made.'
            'explain:Show which word painted what, how surely and when.'
            'export:Write pictures of the history to files.'
            'import:Take pictures into the history, with their recipes.'
            'trash:Move pictures to the trash.'
            'restore:Take pictures back out of the trash.'
            'empty-trash:Delete what is in the trash, for good.'
            'engines:List what can paint.'
            'models:The models that engines paint with.'
            'data:Make captioned pictures to learn from.'
            'train:Train a model on this machine.'
            'evaluate:Measure how well a model paints what prompts say.'
            'doctor:Check terminal, library, models and settings.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        paint|upscale|history|show|explain|export|import|trash|restore|empty-trash|engines|models|data|train|evaluate|doctor|help)
            "_easel_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_easel_paint() {
    local -i ret=1
    local -ar arg_specs=(
        ':prompt:'
        '--engine[Who paints.]:name:'
        '--model[The model.]:name:'
        '--precision[How the engine multiplies\: fp32, bfloat16 or int8; by model and machine without.]:name:'
        '--size[Pixels, 256x256 without; what is not a model'\''s own size has some loss.]:WxH:'
        '--upscale[Make it four times as wide and high when it is painted.]'
        '--steps[Steps of the sampler, 1 to 256.]:n:'
        '--guidance[How strictly to follow the prompt, 0 to 30.]:x:'
        '--seed[Seed of the first picture; random without.]:n:'
        '--count[Pictures to paint, 1 to 64.]:n:'
        '--avoid[What the pictures should not show.]:text:'
        '--style[Style whose words are added to the prompt.]:name:'
        '*--sweep[Paint a table of several values of a setting (engine, model, size, steps, guidance, seed or style); once across, twice across and down.]:setting=values:'
        '--from[Start from this picture of the history, or file.]:id|file:'
        '--variations-of[Paint what this picture of the history, or file, shows.]:id|file:'
        '--mask[With --from\: paint anew only where this picture is light.]:file:'
        '--strength[With --from\: how much to paint anew, up to 1; 0.5 without, 1 with a mask.]:x:'
        '--outpaint[With --from\: grow the picture over these sides, as right=32 or top=16,left=16; x, y and all name several.]:side=px,…:'
        '--blend[Blend with this second prompt; with --from, a picture of the history or file is blended with that one.]:text|id|file:'
        '--blend-weight[With --blend\: share of the second, 0 to 1; 0.5 without.]:x:'
        '--explain[Keep with the pictures why they look as they do, for '\''easel explain'\''; takes a little longer.]'
        '(--output -o)'{--output,-o}'[Also write to this file (png, jpg, webp), or into this folder.]:path:'
        '--overwrite[Replace files that are there.]'
        '--no-save[Put nothing into the history.]'
        '--quiet[No progress line and no names of files.]'
        '--show[Draw the pictures on stdout.]'
        '--graphics[How to draw\: auto, sixel, kitty, iterm2, blocks, halves or sextants.]:kind:'
        '--pixels[Box of pixels (with blocks\: half cells) that the picture fills.]:WxH:'
        '--encoder[Who writes sixel\: easel or libsixel; easel without.]:name:'
        '--quality[Colours of a sixel\: standard, high (near true colour, for the terminal itself) or auto.]:name:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_upscale() {
    local -i ret=1
    local -ar arg_specs=(
        ':picture:'
        '--scale[How many times as wide and high\: 2 or 4.]:n:'
        '--model[Model whose upscaler is used.]:name:'
        '(--output -o)'{--output,-o}'[Also write to this file (png, jpg, webp), or into this folder.]:path:'
        '--overwrite[Replace files that are there.]'
        '--no-save[Put nothing into the history.]'
        '--quiet[No progress line and no names of files.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_history() {
    local -i ret=1
    local -ar arg_specs=(
        '*:query:'
        '(--limit -l)'{--limit,-l}'[Pictures to list at most.]:n:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':picture:'
        '--graphics[How to draw\: auto, sixel, kitty, iterm2, blocks, halves or sextants.]:kind:'
        '--pixels[Box of pixels (with blocks\: half cells) that the picture fills.]:WxH:'
        '--encoder[Who writes sixel\: easel or libsixel; easel without.]:name:'
        '--quality[Colours of a sixel\: standard, high (near true colour, for the terminal itself) or auto.]:name:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_explain() {
    local -i ret=1
    local -ar arg_specs=(
        ':id:'
        '(--out -o)'{--out,-o}'[Write the maps to this file (png, jpg, webp).]:file:'
        '--word[Only this word of the prompt.]:word:'
        '--from[The picture that this one was started from.]:id|file:'
        '--mask[The mask it was painted with.]:file:'
        '--blend[The picture it was blended with.]:id|file:'
        '--overwrite[Replace a file that is there.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_export() {
    local -i ret=1
    local -ar arg_specs=(
        '*:ids:'
        '--to[A file (png, jpg, webp) for one picture, or a folder.]:path:'
        '--format[png, jpeg or webp; without it, the file'\''s ending.]:name:'
        '--quality[Quality of jpeg and webp, 1 to 100.]:n:'
        '--name[Names in a folder\: {id} {seed} {prompt} {date} {model} {n}.]:template:'
        '--strip[Leave the recipe out.]'
        '--overwrite[Replace files that are there.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_import() {
    local -i ret=1
    local -ar arg_specs=(
        '*:path:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_trash() {
    local -i ret=1
    local -ar arg_specs=(
        '*:ids:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_restore() {
    local -i ret=1
    local -ar arg_specs=(
        '*:ids:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_empty-trash() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_engines() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List the models that are installed.'
            'install:Install a model from a folder, a file or a server.'
            'remove:Move installed models to the trash.'
            'restore:Bring a removed model back.'
            'empty-trash:Delete removed models and parts of interrupted installations for good.'
            'verify:Read every byte of models and say what is wrong.'
            'export:Copy a model into a folder that diffusers loads, or into a single file.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|install|remove|restore|empty-trash|verify|export)
            "_easel_models_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_easel_models_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models_install() {
    local -i ret=1
    local -ar arg_specs=(
        ':source:'
        '--name[What the model is called here; else as its source is.]:name:'
        '--overwrite[Move an installed model of this name to the trash.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models_remove() {
    local -i ret=1
    local -ar arg_specs=(
        '*:names:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models_restore() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models_empty-trash() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models_verify() {
    local -i ret=1
    local -ar arg_specs=(
        '*:names:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_models_export() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--to[A folder that is not there yet, or a file that ends in .safetensors.]:path:'
        '--dtype[How weights are stored\: fp32, fp16, bf16, or int8, which only Easel reads.]:type:'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'scenes:Write captioned scenes: objects, colours, counts, places and styles.'
            'coco:Prepare COCO captions.'
            'folder:Prepare a folder of pictures with captions.'
            'table:Prepare the pictures that a table names.'
            'webdataset:Prepare WebDataset shards.'
            'history:Prepare pictures that were painted, with their prompts.'
            'info:Tell what is in a prepared set.'
            'export:Write a prepared set or scenes for other programs.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        scenes|coco|folder|table|webdataset|history|info|export)
            "_easel_data_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_easel_data_scenes() {
    local -i ret=1
    local -ar arg_specs=(
        '(--out -o)'{--out,-o}'[Folder to write to.]:dir:'
        '--sheet[Write the scenes and their captions on one sheet.]:file:'
        '--count[Scenes to write.]:n:'
        '--first[Number of the first scene.]:n:'
        '--size[Pixels on a side, a multiple of 32.]:pixels:'
        '--seed[Seed of the stream.]:n:'
        '--split[Which scenes\: training, validation or all.]:name:'
        '--captions[Captions for each scene.]:n:'
        '--overwrite[Replace files that are there.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_coco() {
    local -i ret=1
    local -ar arg_specs=(
        ':json:'
        ':images:'
        '(--out -o)'{--out,-o}'[File to write, by custom NAME.easeldata.]:file:'
        '--size[Pixels of the shorter side, 16 to 1024.]:pixels:'
        '--fit[How a picture becomes a square\: crop its middle, pad it, squash it, or window\: keep up to two squares of it, and let training look at another one every time.]:how:'
        '--store[How pictures are stored\: png loses nothing, jpeg is a third of it, raw is quickest to read.]:form:'
        '--held-out[Share of the pictures to judge by, 0 to 0.9.]:x:'
        '--near[Bits of 64 in which the shapes of duplicates may differ, 0 to 11; or keep, for equal pixels.]:bits|keep:'
        '--longest-caption[Characters after which a caption is cut.]:n:'
        '--lowercase[Turn capitals of captions into small letters.]'
        '--mirror[Training may mirror pictures whose captions name no side and no writing.]'
        '(--keep-going --yes)'{--keep-going,--yes}'[Go on without asking where more than 5 % of the records cannot be used.]'
        '--overwrite[Replace a file that is there.]'
        '--quiet[No progress line and no summary.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_folder() {
    local -i ret=1
    local -ar arg_specs=(
        ':dir:'
        '(--out -o)'{--out,-o}'[File to write, by custom NAME.easeldata.]:file:'
        '--size[Pixels of the shorter side, 16 to 1024.]:pixels:'
        '--fit[How a picture becomes a square\: crop its middle, pad it, squash it, or window\: keep up to two squares of it, and let training look at another one every time.]:how:'
        '--store[How pictures are stored\: png loses nothing, jpeg is a third of it, raw is quickest to read.]:form:'
        '--held-out[Share of the pictures to judge by, 0 to 0.9.]:x:'
        '--near[Bits of 64 in which the shapes of duplicates may differ, 0 to 11; or keep, for equal pixels.]:bits|keep:'
        '--longest-caption[Characters after which a caption is cut.]:n:'
        '--lowercase[Turn capitals of captions into small letters.]'
        '--mirror[Training may mirror pictures whose captions name no side and no writing.]'
        '(--keep-going --yes)'{--keep-going,--yes}'[Go on without asking where more than 5 % of the records cannot be used.]'
        '--overwrite[Replace a file that is there.]'
        '--quiet[No progress line and no summary.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_table() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '(--out -o)'{--out,-o}'[File to write, by custom NAME.easeldata.]:file:'
        '--size[Pixels of the shorter side, 16 to 1024.]:pixels:'
        '--fit[How a picture becomes a square\: crop its middle, pad it, squash it, or window\: keep up to two squares of it, and let training look at another one every time.]:how:'
        '--store[How pictures are stored\: png loses nothing, jpeg is a third of it, raw is quickest to read.]:form:'
        '--held-out[Share of the pictures to judge by, 0 to 0.9.]:x:'
        '--near[Bits of 64 in which the shapes of duplicates may differ, 0 to 11; or keep, for equal pixels.]:bits|keep:'
        '--longest-caption[Characters after which a caption is cut.]:n:'
        '--lowercase[Turn capitals of captions into small letters.]'
        '--mirror[Training may mirror pictures whose captions name no side and no writing.]'
        '(--keep-going --yes)'{--keep-going,--yes}'[Go on without asking where more than 5 % of the records cannot be used.]'
        '--overwrite[Replace a file that is there.]'
        '--quiet[No progress line and no summary.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_webdataset() {
    local -i ret=1
    local -ar arg_specs=(
        '*:shards:'
        '(--out -o)'{--out,-o}'[File to write, by custom NAME.easeldata.]:file:'
        '--size[Pixels of the shorter side, 16 to 1024.]:pixels:'
        '--fit[How a picture becomes a square\: crop its middle, pad it, squash it, or window\: keep up to two squares of it, and let training look at another one every time.]:how:'
        '--store[How pictures are stored\: png loses nothing, jpeg is a third of it, raw is quickest to read.]:form:'
        '--held-out[Share of the pictures to judge by, 0 to 0.9.]:x:'
        '--near[Bits of 64 in which the shapes of duplicates may differ, 0 to 11; or keep, for equal pixels.]:bits|keep:'
        '--longest-caption[Characters after which a caption is cut.]:n:'
        '--lowercase[Turn capitals of captions into small letters.]'
        '--mirror[Training may mirror pictures whose captions name no side and no writing.]'
        '(--keep-going --yes)'{--keep-going,--yes}'[Go on without asking where more than 5 % of the records cannot be used.]'
        '--overwrite[Replace a file that is there.]'
        '--quiet[No progress line and no summary.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_history() {
    local -i ret=1
    local -ar arg_specs=(
        '*:query:'
        '(--out -o)'{--out,-o}'[File to write, by custom NAME.easeldata.]:file:'
        '--size[Pixels of the shorter side, 16 to 1024.]:pixels:'
        '--fit[How a picture becomes a square\: crop its middle, pad it, squash it, or window\: keep up to two squares of it, and let training look at another one every time.]:how:'
        '--store[How pictures are stored\: png loses nothing, jpeg is a third of it, raw is quickest to read.]:form:'
        '--held-out[Share of the pictures to judge by, 0 to 0.9.]:x:'
        '--near[Bits of 64 in which the shapes of duplicates may differ, 0 to 11; or keep, for equal pixels.]:bits|keep:'
        '--longest-caption[Characters after which a caption is cut.]:n:'
        '--lowercase[Turn capitals of captions into small letters.]'
        '--mirror[Training may mirror pictures whose captions name no side and no writing.]'
        '(--keep-going --yes)'{--keep-going,--yes}'[Go on without asking where more than 5 % of the records cannot be used.]'
        '--overwrite[Replace a file that is there.]'
        '--quiet[No progress line and no summary.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_info() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--sheet[Write pictures with their captions to this PNG.]:file:'
        '--count[Pictures on the sheet, 1 to 400.]:n:'
        '--verify[Read everything and compare the checksums.]'
        '--overwrite[Replace a sheet that is there.]'
        '--quiet[No progress line.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_data_export() {
    local -i ret=1
    local -ar arg_specs=(
        ':file|scenes:'
        '--webdataset[Folder for the shards.]:dir:'
        '--packed[Prepared set to write, of scenes.]:file:'
        '--shard-size[Pictures of a shard.]:n:'
        '--count[Scenes to learn from.]:n:'
        '--held-out[Scenes of combinations that are held out; a twentieth of --count without.]:n:'
        '--size[Pixels of scenes, a multiple of 32.]:pixels:'
        '--seed[Seed of the scenes.]:n:'
        '--captions[Captions of each scene.]:n:'
        '--overwrite[Replace what is there.]'
        '--quiet[No progress line and no names of files.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_train() {
    local -i ret=1
    local -ar arg_specs=(
        ':stage:'
        '--data[What to learn from\: scenes, a set that '\''easel data'\'' prepared, or a folder of pictures with captions; scenes without.]:scenes|file|dir:'
        '(--out -o)'{--out,-o}'[Folder of the run.]:dir:'
        '--seed[Seed of weights, data and batches; 1 without.]:n:'
        '--minutes[Stop after so many minutes.]:n:'
        '--steps[Steps of each stage.]:n:'
        '--batch[Pictures in a step.]:n:'
        '--accumulate[Portions that the pictures of a step are worked through in, for less memory; 1 without.]:n:'
        '--rate[Learning rate at its highest, of the one stage that is named; docs/TRAINING.md tells which without.]:x:'
        '--schedule[How the learning rate goes on after its rise\: plateau, constant, linear, cosine; plateau without.]:form:'
        '--adversary[What critic and decoder play for\: bce, hinge; bce without.]:loss:'
        '--pool[Pictures the transformer learns from.]:n:'
        '--for[Model or folder that upscaler or clip is trained for, or that transformer goes on from; the run'\''s own without.]:model:'
        '--name[What tune calls its model; the data'\''s name without.]:name:'
        '(--keep-going --yes)'{--keep-going,--yes}'[Learn from a folder without asking where more than 5 % of its records cannot be used.]'
        '--resume[Go on with the run in this folder.]'
        '--plain[Print lines instead of drawing the run.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_evaluate() {
    local -i ret=1
    local -ar arg_specs=(
        ':model:'
        '--count[Prompts on each side, 2 to 10000.]:n:'
        '--seed[Seed of prompts and pictures.]:n:'
        '--steps[Steps of the sampler, 1 to 256.]:n:'
        '--guidance[How strictly to follow the prompt, 0 to 30.]:x:'
        '--best-of[Pictures of each prompt, 1 to 64; the model'\''s image tower chooses which one is judged.]:n:'
        '--among[Training pictures among which the nearest is looked for.]:n:'
        '--judge[Folder of other judges, as `easel train judge` makes them.]:dir:'
        '(--out -o)'{--out,-o}'[Also write evaluation.json, page.png, sheet.png, sheet-captions.txt and pictures.jsonl into this folder.]:dir:'
        '--overwrite[Replace files that are there.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_doctor() {
    local -i ret=1
    local -ar arg_specs=(
        '--repair[Bring a damaged history back from its files; the damaged one is kept aside.]'
        '--quick[Do not compare every picture file with its digest.]'
        '--json[Print one JSON object per line.]'
        '--color[Colours\: auto, always or never.]:when:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_easel_help() {
    local -i ret=1
    local -ar arg_specs=(
        '*:subcommands:'
        '--version[Show the version.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

if [[ "${funcstack[1]}" = _easel ]]; then
    _easel "${@}"
else
    compdef _easel easel
fi
