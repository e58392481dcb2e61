#!/bin/bash

__easel_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__easel_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__easel_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__easel_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_easel() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--plain --version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=(--theme --graphics --color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--theme')
        return
        ;;
    '--graphics')
        return
        ;;
    '--color')
        return
        ;;
    esac

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    paint|upscale|history|show|explain|export|import|trash|restore|empty-trash|engines|models|data|train|evaluate|doctor|help)
        # Offer subcommand argument completions
        "_easel_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'paint upscale history show explain export import trash restore empty-trash engines models data train evaluate doctor help' -- "${cur}"))
        ;;
    esac
}

_easel_paint() {
    repeating_flags=()
    non_repeating_flags=(--upscale --explain --overwrite --no-save --quiet --show --json --version -h --help)
    repeating_options=(--sweep)
    non_repeating_options=(--engine --model --precision --size --steps --guidance --seed --count --avoid --style --from --variations-of --mask --strength --outpaint --blend --blend-weight --output -o --graphics --pixels --encoder --quality --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--engine')
        return
        ;;
    '--model')
        return
        ;;
    '--precision')
        return
        ;;
    '--size')
        return
        ;;
    '--steps')
        return
        ;;
    '--guidance')
        return
        ;;
    '--seed')
        return
        ;;
    '--count')
        return
        ;;
    '--avoid')
        return
        ;;
    '--style')
        return
        ;;
    '--sweep')
        return
        ;;
    '--from')
        return
        ;;
    '--variations-of')
        return
        ;;
    '--mask')
        return
        ;;
    '--strength')
        return
        ;;
    '--outpaint')
        return
        ;;
    '--blend')
        return
        ;;
    '--blend-weight')
        return
        ;;
    '--output'|'-o')
        return
        ;;
    '--graphics')
        return
        ;;
    '--pixels')
        return
        ;;
    '--encoder')
        return
        ;;
    '--quality')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_upscale() {
    repeating_flags=()
    non_repeating_flags=(--overwrite --no-save --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--scale --model --output -o --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--scale')
        return
        ;;
    '--model')
        return
        ;;
    '--output'|'-o')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_history() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--limit -l --color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--limit'|'-l')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--graphics --pixels --encoder --quality --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--graphics')
        return
        ;;
    '--pixels')
        return
        ;;
    '--encoder')
        return
        ;;
    '--quality')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_explain() {
    repeating_flags=()
    non_repeating_flags=(--overwrite --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --word --from --mask --blend --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--word')
        return
        ;;
    '--from')
        return
        ;;
    '--mask')
        return
        ;;
    '--blend')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_export() {
    repeating_flags=()
    non_repeating_flags=(--strip --overwrite --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--to --format --quality --name --color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--to')
        return
        ;;
    '--format')
        return
        ;;
    '--quality')
        return
        ;;
    '--name')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_import() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_trash() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_restore() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_empty-trash() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_engines() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_models() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __easel_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|install|remove|restore|empty-trash|verify|export)
        # Offer subcommand argument completions
        "_easel_models_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list install remove restore empty-trash verify export' -- "${cur}"))
        ;;
    esac
}

_easel_models_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_models_install() {
    repeating_flags=()
    non_repeating_flags=(--overwrite --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--name --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--name')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_models_remove() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_models_restore() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_models_empty-trash() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_models_verify() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_models_export() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--to --dtype --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--to')
        return
        ;;
    '--dtype')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __easel_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    scenes|coco|folder|table|webdataset|history|info|export)
        # Offer subcommand argument completions
        "_easel_data_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'scenes coco folder table webdataset history info export' -- "${cur}"))
        ;;
    esac
}

_easel_data_scenes() {
    repeating_flags=()
    non_repeating_flags=(--overwrite --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --sheet --count --first --size --seed --split --captions --color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--sheet')
        return
        ;;
    '--count')
        return
        ;;
    '--first')
        return
        ;;
    '--size')
        return
        ;;
    '--seed')
        return
        ;;
    '--split')
        return
        ;;
    '--captions')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_coco() {
    repeating_flags=()
    non_repeating_flags=(--lowercase --mirror --keep-going --yes --overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --size --fit --store --held-out --near --longest-caption --color)
    __easel_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--size')
        return
        ;;
    '--fit')
        return
        ;;
    '--store')
        return
        ;;
    '--held-out')
        return
        ;;
    '--near')
        return
        ;;
    '--longest-caption')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_folder() {
    repeating_flags=()
    non_repeating_flags=(--lowercase --mirror --keep-going --yes --overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --size --fit --store --held-out --near --longest-caption --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--size')
        return
        ;;
    '--fit')
        return
        ;;
    '--store')
        return
        ;;
    '--held-out')
        return
        ;;
    '--near')
        return
        ;;
    '--longest-caption')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_table() {
    repeating_flags=()
    non_repeating_flags=(--lowercase --mirror --keep-going --yes --overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --size --fit --store --held-out --near --longest-caption --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--size')
        return
        ;;
    '--fit')
        return
        ;;
    '--store')
        return
        ;;
    '--held-out')
        return
        ;;
    '--near')
        return
        ;;
    '--longest-caption')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_webdataset() {
    repeating_flags=()
    non_repeating_flags=(--lowercase --mirror --keep-going --yes --overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --size --fit --store --held-out --near --longest-caption --color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--size')
        return
        ;;
    '--fit')
        return
        ;;
    '--store')
        return
        ;;
    '--held-out')
        return
        ;;
    '--near')
        return
        ;;
    '--longest-caption')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_history() {
    repeating_flags=()
    non_repeating_flags=(--lowercase --mirror --keep-going --yes --overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--out -o --size --fit --store --held-out --near --longest-caption --color)
    __easel_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--out'|'-o')
        return
        ;;
    '--size')
        return
        ;;
    '--fit')
        return
        ;;
    '--store')
        return
        ;;
    '--held-out')
        return
        ;;
    '--near')
        return
        ;;
    '--longest-caption')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_info() {
    repeating_flags=()
    non_repeating_flags=(--verify --overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--sheet --count --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--sheet')
        return
        ;;
    '--count')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_data_export() {
    repeating_flags=()
    non_repeating_flags=(--overwrite --quiet --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--webdataset --packed --shard-size --count --held-out --size --seed --captions --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--webdataset')
        return
        ;;
    '--packed')
        return
        ;;
    '--shard-size')
        return
        ;;
    '--count')
        return
        ;;
    '--held-out')
        return
        ;;
    '--size')
        return
        ;;
    '--seed')
        return
        ;;
    '--captions')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_train() {
    repeating_flags=()
    non_repeating_flags=(--keep-going --yes --resume --plain --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --out -o --seed --minutes --steps --batch --accumulate --rate --schedule --adversary --pool --for --name --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        return
        ;;
    '--out'|'-o')
        return
        ;;
    '--seed')
        return
        ;;
    '--minutes')
        return
        ;;
    '--steps')
        return
        ;;
    '--batch')
        return
        ;;
    '--accumulate')
        return
        ;;
    '--rate')
        return
        ;;
    '--schedule')
        return
        ;;
    '--adversary')
        return
        ;;
    '--pool')
        return
        ;;
    '--for')
        return
        ;;
    '--name')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_evaluate() {
    repeating_flags=()
    non_repeating_flags=(--overwrite --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--count --seed --steps --guidance --best-of --among --judge --out -o --color)
    __easel_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--count')
        return
        ;;
    '--seed')
        return
        ;;
    '--steps')
        return
        ;;
    '--guidance')
        return
        ;;
    '--best-of')
        return
        ;;
    '--among')
        return
        ;;
    '--judge')
        return
        ;;
    '--out'|'-o')
        return
        ;;
    '--color')
        return
        ;;
    esac
}

_easel_doctor() {
    repeating_flags=()
    non_repeating_flags=(--repair --quick --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--color)
    __easel_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--color')
        return
        ;;
    esac
}

_easel_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __easel_offer_flags_options -1
}

complete -o filenames -F _easel easel
