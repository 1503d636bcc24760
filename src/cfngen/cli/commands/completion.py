"""`cfngen completion`: the script that lets a shell complete commands, options, stacks and environments."""

from __future__ import annotations

import argparse
from pathlib import Path

from cfngen.cli.console import Console
from cfngen.project import Project

EXAMPLES = (
    'cfngen completion bash  in ~/.bashrc: eval "$(cfngen completion bash)"',
    'cfngen completion zsh   in ~/.zshrc, after compinit: eval "$(cfngen completion zsh)"',
    "cfngen completion fish  in ~/.config/fish/config.fish: cfngen completion fish | source",
)

# https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html, as bash 3.2 has it, too
_BASH = r"""
_cfngen() {
    local IFS=$'\n' line
    local -a answer
    answer=($(cfngen completion --words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    COMPREPLY=()
    case "${answer[0]}" in
        words) for line in "${answer[@]:1}"; do COMPREPLY+=("${line%%$'\t'*}"); done ;;
        files | folders)
            [ "${answer[0]}" = files ] && line=-f || line=-d
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen "$line" -- "${COMP_WORDS[COMP_CWORD]#=}"))
            ;;
    esac
}
complete -F _cfngen cfngen
"""

# https://zsh.sourceforge.io/Doc/Release/Completion-System.html
_ZSH = r"""
#compdef cfngen
_cfngen() {
    local -a answer described
    answer=("${(@f)$(cfngen completion --words "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    case $answer[1] in
        words)
            described=("${(@)answer[2,-1]//:/\\:}")
            described=("${(@)described/$'\t'/:}")
            _describe -V word described
            ;;
        files) _files ;;
        folders) _files -/ ;;
    esac
}
compdef _cfngen cfngen
"""

# https://fishshell.com/docs/current/completions.html
_FISH = r"""
function __cfngen_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l word (commandline --current-token --cut-at-cursor)
    set -l answer (cfngen completion --words $words[2..-1] "$word" 2>/dev/null)
    switch "$answer[1]"
        case words
            printf '%s\n' $answer[2..-1]
        case files
            __fish_complete_path (commandline --current-token)
        case folders
            __fish_complete_directories (commandline --current-token)
    end
end
complete --command cfngen --no-files --arguments '(__cfngen_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("shell", choices=SCRIPTS, nargs="?", help="the shell that the script is for")
    # What the scripts ask for: the words up to the cursor.
    parser.add_argument("--words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def find_project(start: Path) -> Project:
    """The folder itself: scripts are printed and words completed outside of a project, too."""
    return Project(start.absolute())


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Print the script, or what may follow the words."""
    if args.words is not None:
        from cfngen.cli.completing import offer

        answer = offer(args.words, project.root)
        lines = [f"{word}\t{text}" if text else word for word, text in answer.words]
        console.data("\n".join([answer.kind, *lines]))
        return 0
    if args.shell is None:
        from cfngen.errors import UsageError

        raise UsageError("SHELL is missing", remedy=f"choose from: {', '.join(SCRIPTS)}")
    console.exactly(SCRIPTS[args.shell].lstrip("\n"))
    return 0
