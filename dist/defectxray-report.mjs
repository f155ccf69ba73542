#!/usr/bin/env node
import { createRequire } from "node:module";
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { appendFileSync, closeSync, constants, createReadStream, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { createHash, hash, randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { access, mkdir, open, readFile, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import * as nativeFs from "fs";
import { readdir as readdir$1, readdirSync, realpath, realpathSync, stat as stat$1, statSync as statSync$1 } from "fs";
import { basename, dirname, isAbsolute, normalize, posix, relative, resolve as resolve$1, sep } from "path";
import { fileURLToPath } from "url";
import { hostname, tmpdir } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { TextDecoder } from "node:util";
import { setFlagsFromString } from "node:v8";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __esmMin = (fn, res, err) => () => {
	if (err) throw err[0];
	try {
		return fn && (res = fn(fn = 0)), res;
	} catch (e) {
		throw err = [e], e;
	}
};
var __commonJSMin = (cb, mod) => () => (mod || (cb((mod = { exports: {} }).exports, mod, mod.exports), cb = null), mod.exports);
var __exportAll = (all, no_symbols) => {
	let target = {};
	for (var name in all) __defProp(target, name, {
		get: all[name],
		enumerable: true
	});
	if (!no_symbols) __defProp(target, Symbol.toStringTag, { value: "Module" });
	return target;
};
var __copyProps = (to, from, except, desc) => {
	if (from && typeof from === "object" || typeof from === "function") for (var keys = __getOwnPropNames(from), i = 0, n = keys.length, key; i < n; i++) {
		key = keys[i];
		if (!__hasOwnProp.call(to, key) && key !== except) __defProp(to, key, {
			get: ((k) => from[k]).bind(null, key),
			enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable
		});
	}
	return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(isNodeMode || !mod || !mod.__esModule || !__hasOwnProp.call(mod, "default") ? __defProp(target, "default", {
	value: mod,
	enumerable: true
}) : target, mod));
var __require = /* #__PURE__ */ (() => createRequire(import.meta.url))();
var require_error = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* CommanderError class
	*/
	var CommanderError = class extends Error {
		/**
		* Constructs the CommanderError class
		* @param {number} exitCode suggested exit code which could be used with process.exit
		* @param {string} code an id string representing the error
		* @param {string} message human-readable description of the error
		*/
		constructor(exitCode, code, message) {
			super(message);
			Error.captureStackTrace(this, this.constructor);
			this.name = this.constructor.name;
			this.code = code;
			this.exitCode = exitCode;
			this.nestedError = void 0;
		}
	};
	/**
	* InvalidArgumentError class
	*/
	var InvalidArgumentError = class extends CommanderError {
		/**
		* Constructs the InvalidArgumentError class
		* @param {string} [message] explanation of why argument is invalid
		*/
		constructor(message) {
			super(1, "commander.invalidArgument", message);
			Error.captureStackTrace(this, this.constructor);
			this.name = this.constructor.name;
		}
	};
	exports.CommanderError = CommanderError;
	exports.InvalidArgumentError = InvalidArgumentError;
}));
var require_argument = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { InvalidArgumentError } = require_error();
	var Argument = class {
		/**
		* Initialize a new command argument with the given name and description.
		* The default is that the argument is required, and you can explicitly
		* indicate this with <> around the name. Put [] around the name for an optional argument.
		*
		* @param {string} name
		* @param {string} [description]
		*/
		constructor(name, description) {
			this.description = description || "";
			this.variadic = false;
			this.parseArg = void 0;
			this.defaultValue = void 0;
			this.defaultValueDescription = void 0;
			this.argChoices = void 0;
			switch (name[0]) {
				case "<":
					this.required = true;
					this._name = name.slice(1, -1);
					break;
				case "[":
					this.required = false;
					this._name = name.slice(1, -1);
					break;
				default:
					this.required = true;
					this._name = name;
			}
			if (this._name.endsWith("...")) {
				this.variadic = true;
				this._name = this._name.slice(0, -3);
			}
		}
		/**
		* Return argument name.
		*
		* @return {string}
		*/
		name() {
			return this._name;
		}
		/**
		* @package
		*/
		_collectValue(value, previous) {
			if (previous === this.defaultValue || !Array.isArray(previous)) return [value];
			previous.push(value);
			return previous;
		}
		/**
		* Set the default value, and optionally supply the description to be displayed in the help.
		*
		* @param {*} value
		* @param {string} [description]
		* @return {Argument}
		*/
		default(value, description) {
			this.defaultValue = value;
			this.defaultValueDescription = description;
			return this;
		}
		/**
		* Set the custom handler for processing CLI command arguments into argument values.
		*
		* @param {Function} [fn]
		* @return {Argument}
		*/
		argParser(fn) {
			this.parseArg = fn;
			return this;
		}
		/**
		* Only allow argument value to be one of choices.
		*
		* @param {string[]} values
		* @return {Argument}
		*/
		choices(values) {
			this.argChoices = values.slice();
			this.parseArg = (arg, previous) => {
				if (!this.argChoices.includes(arg)) throw new InvalidArgumentError(`Allowed choices are ${this.argChoices.join(", ")}.`);
				if (this.variadic) return this._collectValue(arg, previous);
				return arg;
			};
			return this;
		}
		/**
		* Make argument required.
		*
		* @returns {Argument}
		*/
		argRequired() {
			this.required = true;
			return this;
		}
		/**
		* Make argument optional.
		*
		* @returns {Argument}
		*/
		argOptional() {
			this.required = false;
			return this;
		}
	};
	/**
	* Takes an argument and returns its human readable equivalent for help usage.
	*
	* @param {Argument} arg
	* @return {string}
	* @private
	*/
	function humanReadableArgName(arg) {
		const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
		return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
	}
	exports.Argument = Argument;
	exports.humanReadableArgName = humanReadableArgName;
}));
var require_help = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { humanReadableArgName } = require_argument();
	/**
	* TypeScript import types for JSDoc, used by Visual Studio Code IntelliSense and `npm run typescript-checkJS`
	* https://www.typescriptlang.org/docs/handbook/jsdoc-supported-types.html#import-types
	* @typedef { import("./argument.js").Argument } Argument
	* @typedef { import("./command.js").Command } Command
	* @typedef { import("./option.js").Option } Option
	*/
	var Help = class {
		constructor() {
			this.helpWidth = void 0;
			this.minWidthToWrap = 40;
			this.sortSubcommands = false;
			this.sortOptions = false;
			this.showGlobalOptions = false;
		}
		/**
		* prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
		* and just before calling `formatHelp()`.
		*
		* Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
		*
		* @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
		*/
		prepareContext(contextOptions) {
			this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
		}
		/**
		* Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
		*
		* @param {Command} cmd
		* @returns {Command[]}
		*/
		visibleCommands(cmd) {
			const visibleCommands = cmd.commands.filter((cmd) => !cmd._hidden);
			const helpCommand = cmd._getHelpCommand();
			if (helpCommand && !helpCommand._hidden) visibleCommands.push(helpCommand);
			if (this.sortSubcommands) visibleCommands.sort((a, b) => {
				return a.name().localeCompare(b.name());
			});
			return visibleCommands;
		}
		/**
		* Compare options for sort.
		*
		* @param {Option} a
		* @param {Option} b
		* @returns {number}
		*/
		compareOptions(a, b) {
			const getSortKey = (option) => {
				return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
			};
			return getSortKey(a).localeCompare(getSortKey(b));
		}
		/**
		* Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
		*
		* @param {Command} cmd
		* @returns {Option[]}
		*/
		visibleOptions(cmd) {
			const visibleOptions = cmd.options.filter((option) => !option.hidden);
			const helpOption = cmd._getHelpOption();
			if (helpOption && !helpOption.hidden) {
				const removeShort = helpOption.short && cmd._findOption(helpOption.short);
				const removeLong = helpOption.long && cmd._findOption(helpOption.long);
				if (!removeShort && !removeLong) visibleOptions.push(helpOption);
				else if (helpOption.long && !removeLong) visibleOptions.push(cmd.createOption(helpOption.long, helpOption.description));
				else if (helpOption.short && !removeShort) visibleOptions.push(cmd.createOption(helpOption.short, helpOption.description));
			}
			if (this.sortOptions) visibleOptions.sort(this.compareOptions);
			return visibleOptions;
		}
		/**
		* Get an array of the visible global options. (Not including help.)
		*
		* @param {Command} cmd
		* @returns {Option[]}
		*/
		visibleGlobalOptions(cmd) {
			if (!this.showGlobalOptions) return [];
			const globalOptions = [];
			for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
				const visibleOptions = ancestorCmd.options.filter((option) => !option.hidden);
				globalOptions.push(...visibleOptions);
			}
			if (this.sortOptions) globalOptions.sort(this.compareOptions);
			return globalOptions;
		}
		/**
		* Get an array of the arguments if any have a description.
		*
		* @param {Command} cmd
		* @returns {Argument[]}
		*/
		visibleArguments(cmd) {
			if (cmd._argsDescription) cmd.registeredArguments.forEach((argument) => {
				argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
			});
			if (cmd.registeredArguments.find((argument) => argument.description)) return cmd.registeredArguments;
			return [];
		}
		/**
		* Get the command term to show in the list of subcommands.
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		subcommandTerm(cmd) {
			const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
			return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + (args ? " " + args : "");
		}
		/**
		* Get the option term to show in the list of options.
		*
		* @param {Option} option
		* @returns {string}
		*/
		optionTerm(option) {
			return option.flags;
		}
		/**
		* Get the argument term to show in the list of arguments.
		*
		* @param {Argument} argument
		* @returns {string}
		*/
		argumentTerm(argument) {
			return argument.name();
		}
		/**
		* Get the longest command term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestSubcommandTermLength(cmd, helper) {
			return helper.visibleCommands(cmd).reduce((max, command) => {
				return Math.max(max, this.displayWidth(helper.styleSubcommandTerm(helper.subcommandTerm(command))));
			}, 0);
		}
		/**
		* Get the longest option term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestOptionTermLength(cmd, helper) {
			return helper.visibleOptions(cmd).reduce((max, option) => {
				return Math.max(max, this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))));
			}, 0);
		}
		/**
		* Get the longest global option term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestGlobalOptionTermLength(cmd, helper) {
			return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
				return Math.max(max, this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))));
			}, 0);
		}
		/**
		* Get the longest argument term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestArgumentTermLength(cmd, helper) {
			return helper.visibleArguments(cmd).reduce((max, argument) => {
				return Math.max(max, this.displayWidth(helper.styleArgumentTerm(helper.argumentTerm(argument))));
			}, 0);
		}
		/**
		* Get the command usage to be displayed at the top of the built-in help.
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		commandUsage(cmd) {
			let cmdName = cmd._name;
			if (cmd._aliases[0]) cmdName = cmdName + "|" + cmd._aliases[0];
			let ancestorCmdNames = "";
			for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
			return ancestorCmdNames + cmdName + " " + cmd.usage();
		}
		/**
		* Get the description for the command.
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		commandDescription(cmd) {
			return cmd.description();
		}
		/**
		* Get the subcommand summary to show in the list of subcommands.
		* (Fallback to description for backwards compatibility.)
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		subcommandDescription(cmd) {
			return cmd.summary() || cmd.description();
		}
		/**
		* Get the option description to show in the list of options.
		*
		* @param {Option} option
		* @return {string}
		*/
		optionDescription(option) {
			const extraInfo = [];
			if (option.argChoices) extraInfo.push(`choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`);
			if (option.defaultValue !== void 0) {
				if (option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean") extraInfo.push(`default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`);
			}
			if (option.presetArg !== void 0 && option.optional) extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
			if (option.envVar !== void 0) extraInfo.push(`env: ${option.envVar}`);
			if (extraInfo.length > 0) {
				const extraDescription = `(${extraInfo.join(", ")})`;
				if (option.description) return `${option.description} ${extraDescription}`;
				return extraDescription;
			}
			return option.description;
		}
		/**
		* Get the argument description to show in the list of arguments.
		*
		* @param {Argument} argument
		* @return {string}
		*/
		argumentDescription(argument) {
			const extraInfo = [];
			if (argument.argChoices) extraInfo.push(`choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`);
			if (argument.defaultValue !== void 0) extraInfo.push(`default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`);
			if (extraInfo.length > 0) {
				const extraDescription = `(${extraInfo.join(", ")})`;
				if (argument.description) return `${argument.description} ${extraDescription}`;
				return extraDescription;
			}
			return argument.description;
		}
		/**
		* Format a list of items, given a heading and an array of formatted items.
		*
		* @param {string} heading
		* @param {string[]} items
		* @param {Help} helper
		* @returns string[]
		*/
		formatItemList(heading, items, helper) {
			if (items.length === 0) return [];
			return [
				helper.styleTitle(heading),
				...items,
				""
			];
		}
		/**
		* Group items by their help group heading.
		*
		* @param {Command[] | Option[]} unsortedItems
		* @param {Command[] | Option[]} visibleItems
		* @param {Function} getGroup
		* @returns {Map<string, Command[] | Option[]>}
		*/
		groupItems(unsortedItems, visibleItems, getGroup) {
			const result = /* @__PURE__ */ new Map();
			unsortedItems.forEach((item) => {
				const group = getGroup(item);
				if (!result.has(group)) result.set(group, []);
			});
			visibleItems.forEach((item) => {
				const group = getGroup(item);
				if (!result.has(group)) result.set(group, []);
				result.get(group).push(item);
			});
			return result;
		}
		/**
		* Generate the built-in help text.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {string}
		*/
		formatHelp(cmd, helper) {
			const termWidth = helper.padWidth(cmd, helper);
			const helpWidth = helper.helpWidth ?? 80;
			function callFormatItem(term, description) {
				return helper.formatItem(term, termWidth, description, helper);
			}
			let output = [`${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`, ""];
			const commandDescription = helper.commandDescription(cmd);
			if (commandDescription.length > 0) output = output.concat([helper.boxWrap(helper.styleCommandDescription(commandDescription), helpWidth), ""]);
			const argumentList = helper.visibleArguments(cmd).map((argument) => {
				return callFormatItem(helper.styleArgumentTerm(helper.argumentTerm(argument)), helper.styleArgumentDescription(helper.argumentDescription(argument)));
			});
			output = output.concat(this.formatItemList("Arguments:", argumentList, helper));
			this.groupItems(cmd.options, helper.visibleOptions(cmd), (option) => option.helpGroupHeading ?? "Options:").forEach((options, group) => {
				const optionList = options.map((option) => {
					return callFormatItem(helper.styleOptionTerm(helper.optionTerm(option)), helper.styleOptionDescription(helper.optionDescription(option)));
				});
				output = output.concat(this.formatItemList(group, optionList, helper));
			});
			if (helper.showGlobalOptions) {
				const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
					return callFormatItem(helper.styleOptionTerm(helper.optionTerm(option)), helper.styleOptionDescription(helper.optionDescription(option)));
				});
				output = output.concat(this.formatItemList("Global Options:", globalOptionList, helper));
			}
			this.groupItems(cmd.commands, helper.visibleCommands(cmd), (sub) => sub.helpGroup() || "Commands:").forEach((commands, group) => {
				const commandList = commands.map((sub) => {
					return callFormatItem(helper.styleSubcommandTerm(helper.subcommandTerm(sub)), helper.styleSubcommandDescription(helper.subcommandDescription(sub)));
				});
				output = output.concat(this.formatItemList(group, commandList, helper));
			});
			return output.join("\n");
		}
		/**
		* Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
		*
		* @param {string} str
		* @returns {number}
		*/
		displayWidth(str) {
			return stripColor(str).length;
		}
		/**
		* Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
		*
		* @param {string} str
		* @returns {string}
		*/
		styleTitle(str) {
			return str;
		}
		styleUsage(str) {
			return str.split(" ").map((word) => {
				if (word === "[options]") return this.styleOptionText(word);
				if (word === "[command]") return this.styleSubcommandText(word);
				if (word[0] === "[" || word[0] === "<") return this.styleArgumentText(word);
				return this.styleCommandText(word);
			}).join(" ");
		}
		styleCommandDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleOptionDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleSubcommandDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleArgumentDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleDescriptionText(str) {
			return str;
		}
		styleOptionTerm(str) {
			return this.styleOptionText(str);
		}
		styleSubcommandTerm(str) {
			return str.split(" ").map((word) => {
				if (word === "[options]") return this.styleOptionText(word);
				if (word[0] === "[" || word[0] === "<") return this.styleArgumentText(word);
				return this.styleSubcommandText(word);
			}).join(" ");
		}
		styleArgumentTerm(str) {
			return this.styleArgumentText(str);
		}
		styleOptionText(str) {
			return str;
		}
		styleArgumentText(str) {
			return str;
		}
		styleSubcommandText(str) {
			return str;
		}
		styleCommandText(str) {
			return str;
		}
		/**
		* Calculate the pad width from the maximum term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		padWidth(cmd, helper) {
			return Math.max(helper.longestOptionTermLength(cmd, helper), helper.longestGlobalOptionTermLength(cmd, helper), helper.longestSubcommandTermLength(cmd, helper), helper.longestArgumentTermLength(cmd, helper));
		}
		/**
		* Detect manually wrapped and indented strings by checking for line break followed by whitespace.
		*
		* @param {string} str
		* @returns {boolean}
		*/
		preformatted(str) {
			return /\n[^\S\r\n]/.test(str);
		}
		/**
		* Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
		*
		* So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
		*   TTT  DDD DDDD
		*        DD DDD
		*
		* @param {string} term
		* @param {number} termWidth
		* @param {string} description
		* @param {Help} helper
		* @returns {string}
		*/
		formatItem(term, termWidth, description, helper) {
			const itemIndent = 2;
			const itemIndentStr = " ".repeat(itemIndent);
			if (!description) return itemIndentStr + term;
			const paddedTerm = term.padEnd(termWidth + term.length - helper.displayWidth(term));
			const spacerWidth = 2;
			const remainingWidth = (this.helpWidth ?? 80) - termWidth - spacerWidth - itemIndent;
			let formattedDescription;
			if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) formattedDescription = description;
			else formattedDescription = helper.boxWrap(description, remainingWidth).replace(/\n/g, "\n" + " ".repeat(termWidth + spacerWidth));
			return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `\n${itemIndentStr}`);
		}
		/**
		* Wrap a string at whitespace, preserving existing line breaks.
		* Wrapping is skipped if the width is less than `minWidthToWrap`.
		*
		* @param {string} str
		* @param {number} width
		* @returns {string}
		*/
		boxWrap(str, width) {
			if (width < this.minWidthToWrap) return str;
			const rawLines = str.split(/\r\n|\n/);
			const chunkPattern = /[\s]*[^\s]+/g;
			const wrappedLines = [];
			rawLines.forEach((line) => {
				const chunks = line.match(chunkPattern);
				if (chunks === null) {
					wrappedLines.push("");
					return;
				}
				let sumChunks = [chunks.shift()];
				let sumWidth = this.displayWidth(sumChunks[0]);
				chunks.forEach((chunk) => {
					const visibleWidth = this.displayWidth(chunk);
					if (sumWidth + visibleWidth <= width) {
						sumChunks.push(chunk);
						sumWidth += visibleWidth;
						return;
					}
					wrappedLines.push(sumChunks.join(""));
					const nextChunk = chunk.trimStart();
					sumChunks = [nextChunk];
					sumWidth = this.displayWidth(nextChunk);
				});
				wrappedLines.push(sumChunks.join(""));
			});
			return wrappedLines.join("\n");
		}
	};
	/**
	* Strip style ANSI escape sequences from the string. In particular, SGR (Select Graphic Rendition) codes.
	*
	* @param {string} str
	* @returns {string}
	* @package
	*/
	function stripColor(str) {
		return str.replace(/\x1b\[\d*(;\d*)*m/g, "");
	}
	exports.Help = Help;
	exports.stripColor = stripColor;
}));
var require_option = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { InvalidArgumentError } = require_error();
	var Option = class {
		/**
		* Initialize a new `Option` with the given `flags` and `description`.
		*
		* @param {string} flags
		* @param {string} [description]
		*/
		constructor(flags, description) {
			this.flags = flags;
			this.description = description || "";
			this.required = flags.includes("<");
			this.optional = flags.includes("[");
			this.variadic = /\w\.\.\.[>\]]$/.test(flags);
			this.mandatory = false;
			const optionFlags = splitOptionFlags(flags);
			this.short = optionFlags.shortFlag;
			this.long = optionFlags.longFlag;
			this.negate = false;
			if (this.long) this.negate = this.long.startsWith("--no-");
			this.defaultValue = void 0;
			this.defaultValueDescription = void 0;
			this.presetArg = void 0;
			this.envVar = void 0;
			this.parseArg = void 0;
			this.hidden = false;
			this.argChoices = void 0;
			this.conflictsWith = [];
			this.implied = void 0;
			this.helpGroupHeading = void 0;
		}
		/**
		* Set the default value, and optionally supply the description to be displayed in the help.
		*
		* @param {*} value
		* @param {string} [description]
		* @return {Option}
		*/
		default(value, description) {
			this.defaultValue = value;
			this.defaultValueDescription = description;
			return this;
		}
		/**
		* Preset to use when option used without option-argument, especially optional but also boolean and negated.
		* The custom processing (parseArg) is called.
		*
		* @example
		* new Option('--color').default('GREYSCALE').preset('RGB');
		* new Option('--donate [amount]').preset('20').argParser(parseFloat);
		*
		* @param {*} arg
		* @return {Option}
		*/
		preset(arg) {
			this.presetArg = arg;
			return this;
		}
		/**
		* Add option name(s) that conflict with this option.
		* An error will be displayed if conflicting options are found during parsing.
		*
		* @example
		* new Option('--rgb').conflicts('cmyk');
		* new Option('--js').conflicts(['ts', 'jsx']);
		*
		* @param {(string | string[])} names
		* @return {Option}
		*/
		conflicts(names) {
			this.conflictsWith = this.conflictsWith.concat(names);
			return this;
		}
		/**
		* Specify implied option values for when this option is set and the implied options are not.
		*
		* The custom processing (parseArg) is not called on the implied values.
		*
		* @example
		* program
		*   .addOption(new Option('--log', 'write logging information to file'))
		*   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
		*
		* @param {object} impliedOptionValues
		* @return {Option}
		*/
		implies(impliedOptionValues) {
			let newImplied = impliedOptionValues;
			if (typeof impliedOptionValues === "string") newImplied = { [impliedOptionValues]: true };
			this.implied = Object.assign(this.implied || {}, newImplied);
			return this;
		}
		/**
		* Set environment variable to check for option value.
		*
		* An environment variable is only used if when processed the current option value is
		* undefined, or the source of the current value is 'default' or 'config' or 'env'.
		*
		* @param {string} name
		* @return {Option}
		*/
		env(name) {
			this.envVar = name;
			return this;
		}
		/**
		* Set the custom handler for processing CLI option arguments into option values.
		*
		* @param {Function} [fn]
		* @return {Option}
		*/
		argParser(fn) {
			this.parseArg = fn;
			return this;
		}
		/**
		* Whether the option is mandatory and must have a value after parsing.
		*
		* @param {boolean} [mandatory=true]
		* @return {Option}
		*/
		makeOptionMandatory(mandatory = true) {
			this.mandatory = !!mandatory;
			return this;
		}
		/**
		* Hide option in help.
		*
		* @param {boolean} [hide=true]
		* @return {Option}
		*/
		hideHelp(hide = true) {
			this.hidden = !!hide;
			return this;
		}
		/**
		* @package
		*/
		_collectValue(value, previous) {
			if (previous === this.defaultValue || !Array.isArray(previous)) return [value];
			previous.push(value);
			return previous;
		}
		/**
		* Only allow option value to be one of choices.
		*
		* @param {string[]} values
		* @return {Option}
		*/
		choices(values) {
			this.argChoices = values.slice();
			this.parseArg = (arg, previous) => {
				if (!this.argChoices.includes(arg)) throw new InvalidArgumentError(`Allowed choices are ${this.argChoices.join(", ")}.`);
				if (this.variadic) return this._collectValue(arg, previous);
				return arg;
			};
			return this;
		}
		/**
		* Return option name.
		*
		* @return {string}
		*/
		name() {
			if (this.long) return this.long.replace(/^--/, "");
			return this.short.replace(/^-/, "");
		}
		/**
		* Return option name, in a camelcase format that can be used
		* as an object attribute key.
		*
		* @return {string}
		*/
		attributeName() {
			if (this.negate) return camelcase(this.name().replace(/^no-/, ""));
			return camelcase(this.name());
		}
		/**
		* Set the help group heading.
		*
		* @param {string} heading
		* @return {Option}
		*/
		helpGroup(heading) {
			this.helpGroupHeading = heading;
			return this;
		}
		/**
		* Check if `arg` matches the short or long flag.
		*
		* @param {string} arg
		* @return {boolean}
		* @package
		*/
		is(arg) {
			return this.short === arg || this.long === arg;
		}
		/**
		* Return whether a boolean option.
		*
		* Options are one of boolean, negated, required argument, or optional argument.
		*
		* @return {boolean}
		* @package
		*/
		isBoolean() {
			return !this.required && !this.optional && !this.negate;
		}
	};
	/**
	* This class is to make it easier to work with dual options, without changing the existing
	* implementation. We support separate dual options for separate positive and negative options,
	* like `--build` and `--no-build`, which share a single option value. This works nicely for some
	* use cases, but is tricky for others where we want separate behaviours despite
	* the single shared option value.
	*/
	var DualOptions = class {
		/**
		* @param {Option[]} options
		*/
		constructor(options) {
			this.positiveOptions = /* @__PURE__ */ new Map();
			this.negativeOptions = /* @__PURE__ */ new Map();
			this.dualOptions = /* @__PURE__ */ new Set();
			options.forEach((option) => {
				if (option.negate) this.negativeOptions.set(option.attributeName(), option);
				else this.positiveOptions.set(option.attributeName(), option);
			});
			this.negativeOptions.forEach((value, key) => {
				if (this.positiveOptions.has(key)) this.dualOptions.add(key);
			});
		}
		/**
		* Did the value come from the option, and not from possible matching dual option?
		*
		* @param {*} value
		* @param {Option} option
		* @returns {boolean}
		*/
		valueFromOption(value, option) {
			const optionKey = option.attributeName();
			if (!this.dualOptions.has(optionKey)) return true;
			const preset = this.negativeOptions.get(optionKey).presetArg;
			const negativeValue = preset !== void 0 ? preset : false;
			return option.negate === (negativeValue === value);
		}
	};
	/**
	* Convert string from kebab-case to camelCase.
	*
	* @param {string} str
	* @return {string}
	* @private
	*/
	function camelcase(str) {
		return str.split("-").reduce((str, word) => {
			return str + word[0].toUpperCase() + word.slice(1);
		});
	}
	/**
	* Split the short and long flag out of something like '-m,--mixed <value>'
	*
	* @private
	*/
	function splitOptionFlags(flags) {
		let shortFlag;
		let longFlag;
		const shortFlagExp = /^-[^-]$/;
		const longFlagExp = /^--[^-]/;
		const flagParts = flags.split(/[ |,]+/).concat("guard");
		if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
		if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
		if (!shortFlag && shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
		if (!shortFlag && longFlagExp.test(flagParts[0])) {
			shortFlag = longFlag;
			longFlag = flagParts.shift();
		}
		if (flagParts[0].startsWith("-")) {
			const unsupportedFlag = flagParts[0];
			const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
			if (/^-[^-][^-]/.test(unsupportedFlag)) throw new Error(`${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`);
			if (shortFlagExp.test(unsupportedFlag)) throw new Error(`${baseError}
- too many short flags`);
			if (longFlagExp.test(unsupportedFlag)) throw new Error(`${baseError}
- too many long flags`);
			throw new Error(`${baseError}
- unrecognised flag format`);
		}
		if (shortFlag === void 0 && longFlag === void 0) throw new Error(`option creation failed due to no flags found in '${flags}'.`);
		return {
			shortFlag,
			longFlag
		};
	}
	exports.Option = Option;
	exports.DualOptions = DualOptions;
}));
var require_suggestSimilar = /* @__PURE__ */ __commonJSMin(((exports) => {
	const maxDistance = 3;
	function editDistance(a, b) {
		if (Math.abs(a.length - b.length) > maxDistance) return Math.max(a.length, b.length);
		const d = [];
		for (let i = 0; i <= a.length; i++) d[i] = [i];
		for (let j = 0; j <= b.length; j++) d[0][j] = j;
		for (let j = 1; j <= b.length; j++) for (let i = 1; i <= a.length; i++) {
			let cost = 1;
			if (a[i - 1] === b[j - 1]) cost = 0;
			else cost = 1;
			d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
		}
		return d[a.length][b.length];
	}
	/**
	* Find close matches, restricted to same number of edits.
	*
	* @param {string} word
	* @param {string[]} candidates
	* @returns {string}
	*/
	function suggestSimilar(word, candidates) {
		if (!candidates || candidates.length === 0) return "";
		candidates = Array.from(new Set(candidates));
		const searchingOptions = word.startsWith("--");
		if (searchingOptions) {
			word = word.slice(2);
			candidates = candidates.map((candidate) => candidate.slice(2));
		}
		let similar = [];
		let bestDistance = maxDistance;
		const minSimilarity = .4;
		candidates.forEach((candidate) => {
			if (candidate.length <= 1) return;
			const distance = editDistance(word, candidate);
			const length = Math.max(word.length, candidate.length);
			if ((length - distance) / length > minSimilarity) {
				if (distance < bestDistance) {
					bestDistance = distance;
					similar = [candidate];
				} else if (distance === bestDistance) similar.push(candidate);
			}
		});
		similar.sort((a, b) => a.localeCompare(b));
		if (searchingOptions) similar = similar.map((candidate) => `--${candidate}`);
		if (similar.length > 1) return `\n(Did you mean one of ${similar.join(", ")}?)`;
		if (similar.length === 1) return `\n(Did you mean ${similar[0]}?)`;
		return "";
	}
	exports.suggestSimilar = suggestSimilar;
}));
var require_command = /* @__PURE__ */ __commonJSMin(((exports) => {
	const EventEmitter = __require("node:events").EventEmitter;
	const childProcess = __require("node:child_process");
	const path = __require("node:path");
	const fs = __require("node:fs");
	const process = __require("node:process");
	const { Argument, humanReadableArgName } = require_argument();
	const { CommanderError } = require_error();
	const { Help, stripColor } = require_help();
	const { Option, DualOptions } = require_option();
	const { suggestSimilar } = require_suggestSimilar();
	var Command = class Command extends EventEmitter {
		/**
		* Initialize a new `Command`.
		*
		* @param {string} [name]
		*/
		constructor(name) {
			super();
			/** @type {Command[]} */
			this.commands = [];
			/** @type {Option[]} */
			this.options = [];
			this.parent = null;
			this._allowUnknownOption = false;
			this._allowExcessArguments = false;
			/** @type {Argument[]} */
			this.registeredArguments = [];
			this._args = this.registeredArguments;
			/** @type {string[]} */
			this.args = [];
			this.rawArgs = [];
			this.processedArgs = [];
			this._scriptPath = null;
			this._name = name || "";
			this._optionValues = {};
			this._optionValueSources = {};
			this._storeOptionsAsProperties = false;
			this._actionHandler = null;
			this._executableHandler = false;
			this._executableFile = null;
			this._executableDir = null;
			this._defaultCommandName = null;
			this._exitCallback = null;
			this._aliases = [];
			this._combineFlagAndOptionalValue = true;
			this._description = "";
			this._summary = "";
			this._argsDescription = void 0;
			this._enablePositionalOptions = false;
			this._passThroughOptions = false;
			this._lifeCycleHooks = {};
			/** @type {(boolean | string)} */
			this._showHelpAfterError = false;
			this._showSuggestionAfterError = true;
			this._savedState = null;
			this._outputConfiguration = {
				writeOut: (str) => process.stdout.write(str),
				writeErr: (str) => process.stderr.write(str),
				outputError: (str, write) => write(str),
				getOutHelpWidth: () => process.stdout.isTTY ? process.stdout.columns : void 0,
				getErrHelpWidth: () => process.stderr.isTTY ? process.stderr.columns : void 0,
				getOutHasColors: () => useColor() ?? (process.stdout.isTTY && process.stdout.hasColors?.()),
				getErrHasColors: () => useColor() ?? (process.stderr.isTTY && process.stderr.hasColors?.()),
				stripColor: (str) => stripColor(str)
			};
			this._hidden = false;
			/** @type {(Option | null | undefined)} */
			this._helpOption = void 0;
			this._addImplicitHelpCommand = void 0;
			/** @type {Command} */
			this._helpCommand = void 0;
			this._helpConfiguration = {};
			/** @type {string | undefined} */
			this._helpGroupHeading = void 0;
			/** @type {string | undefined} */
			this._defaultCommandGroup = void 0;
			/** @type {string | undefined} */
			this._defaultOptionGroup = void 0;
		}
		/**
		* Copy settings that are useful to have in common across root command and subcommands.
		*
		* (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
		*
		* @param {Command} sourceCommand
		* @return {Command} `this` command for chaining
		*/
		copyInheritedSettings(sourceCommand) {
			this._outputConfiguration = sourceCommand._outputConfiguration;
			this._helpOption = sourceCommand._helpOption;
			this._helpCommand = sourceCommand._helpCommand;
			this._helpConfiguration = sourceCommand._helpConfiguration;
			this._exitCallback = sourceCommand._exitCallback;
			this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
			this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
			this._allowExcessArguments = sourceCommand._allowExcessArguments;
			this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
			this._showHelpAfterError = sourceCommand._showHelpAfterError;
			this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
			return this;
		}
		/**
		* @returns {Command[]}
		* @private
		*/
		_getCommandAndAncestors() {
			const result = [];
			for (let command = this; command; command = command.parent) result.push(command);
			return result;
		}
		/**
		* Define a command.
		*
		* There are two styles of command: pay attention to where to put the description.
		*
		* @example
		* // Command implemented using action handler (description is supplied separately to `.command`)
		* program
		*   .command('clone <source> [destination]')
		*   .description('clone a repository into a newly created directory')
		*   .action((source, destination) => {
		*     console.log('clone command called');
		*   });
		*
		* // Command implemented using separate executable file (description is second parameter to `.command`)
		* program
		*   .command('start <service>', 'start named service')
		*   .command('stop [service]', 'stop named service, or all if no name supplied');
		*
		* @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
		* @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
		* @param {object} [execOpts] - configuration options (for executable)
		* @return {Command} returns new command for action handler, or `this` for executable command
		*/
		command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
			let desc = actionOptsOrExecDesc;
			let opts = execOpts;
			if (typeof desc === "object" && desc !== null) {
				opts = desc;
				desc = null;
			}
			opts = opts || {};
			const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
			const cmd = this.createCommand(name);
			if (desc) {
				cmd.description(desc);
				cmd._executableHandler = true;
			}
			if (opts.isDefault) this._defaultCommandName = cmd._name;
			cmd._hidden = !!(opts.noHelp || opts.hidden);
			cmd._executableFile = opts.executableFile || null;
			if (args) cmd.arguments(args);
			this._registerCommand(cmd);
			cmd.parent = this;
			cmd.copyInheritedSettings(this);
			if (desc) return this;
			return cmd;
		}
		/**
		* Factory routine to create a new unattached command.
		*
		* See .command() for creating an attached subcommand, which uses this routine to
		* create the command. You can override createCommand to customise subcommands.
		*
		* @param {string} [name]
		* @return {Command} new command
		*/
		createCommand(name) {
			return new Command(name);
		}
		/**
		* You can customise the help with a subclass of Help by overriding createHelp,
		* or by overriding Help properties using configureHelp().
		*
		* @return {Help}
		*/
		createHelp() {
			return Object.assign(new Help(), this.configureHelp());
		}
		/**
		* You can customise the help by overriding Help properties using configureHelp(),
		* or with a subclass of Help by overriding createHelp().
		*
		* @param {object} [configuration] - configuration options
		* @return {(Command | object)} `this` command for chaining, or stored configuration
		*/
		configureHelp(configuration) {
			if (configuration === void 0) return this._helpConfiguration;
			this._helpConfiguration = configuration;
			return this;
		}
		/**
		* The default output goes to stdout and stderr. You can customise this for special
		* applications. You can also customise the display of errors by overriding outputError.
		*
		* The configuration properties are all functions:
		*
		*     // change how output being written, defaults to stdout and stderr
		*     writeOut(str)
		*     writeErr(str)
		*     // change how output being written for errors, defaults to writeErr
		*     outputError(str, write) // used for displaying errors and not used for displaying help
		*     // specify width for wrapping help
		*     getOutHelpWidth()
		*     getErrHelpWidth()
		*     // color support, currently only used with Help
		*     getOutHasColors()
		*     getErrHasColors()
		*     stripColor() // used to remove ANSI escape codes if output does not have colors
		*
		* @param {object} [configuration] - configuration options
		* @return {(Command | object)} `this` command for chaining, or stored configuration
		*/
		configureOutput(configuration) {
			if (configuration === void 0) return this._outputConfiguration;
			this._outputConfiguration = {
				...this._outputConfiguration,
				...configuration
			};
			return this;
		}
		/**
		* Display the help or a custom message after an error occurs.
		*
		* @param {(boolean|string)} [displayHelp]
		* @return {Command} `this` command for chaining
		*/
		showHelpAfterError(displayHelp = true) {
			if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
			this._showHelpAfterError = displayHelp;
			return this;
		}
		/**
		* Display suggestion of similar commands for unknown commands, or options for unknown options.
		*
		* @param {boolean} [displaySuggestion]
		* @return {Command} `this` command for chaining
		*/
		showSuggestionAfterError(displaySuggestion = true) {
			this._showSuggestionAfterError = !!displaySuggestion;
			return this;
		}
		/**
		* Add a prepared subcommand.
		*
		* See .command() for creating an attached subcommand which inherits settings from its parent.
		*
		* @param {Command} cmd - new subcommand
		* @param {object} [opts] - configuration options
		* @return {Command} `this` command for chaining
		*/
		addCommand(cmd, opts) {
			if (!cmd._name) throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
			opts = opts || {};
			if (opts.isDefault) this._defaultCommandName = cmd._name;
			if (opts.noHelp || opts.hidden) cmd._hidden = true;
			this._registerCommand(cmd);
			cmd.parent = this;
			cmd._checkForBrokenPassThrough();
			return this;
		}
		/**
		* Factory routine to create a new unattached argument.
		*
		* See .argument() for creating an attached argument, which uses this routine to
		* create the argument. You can override createArgument to return a custom argument.
		*
		* @param {string} name
		* @param {string} [description]
		* @return {Argument} new argument
		*/
		createArgument(name, description) {
			return new Argument(name, description);
		}
		/**
		* Define argument syntax for command.
		*
		* The default is that the argument is required, and you can explicitly
		* indicate this with <> around the name. Put [] around the name for an optional argument.
		*
		* @example
		* program.argument('<input-file>');
		* program.argument('[output-file]');
		*
		* @param {string} name
		* @param {string} [description]
		* @param {(Function|*)} [parseArg] - custom argument processing function or default value
		* @param {*} [defaultValue]
		* @return {Command} `this` command for chaining
		*/
		argument(name, description, parseArg, defaultValue) {
			const argument = this.createArgument(name, description);
			if (typeof parseArg === "function") argument.default(defaultValue).argParser(parseArg);
			else argument.default(parseArg);
			this.addArgument(argument);
			return this;
		}
		/**
		* Define argument syntax for command, adding multiple at once (without descriptions).
		*
		* See also .argument().
		*
		* @example
		* program.arguments('<cmd> [env]');
		*
		* @param {string} names
		* @return {Command} `this` command for chaining
		*/
		arguments(names) {
			names.trim().split(/ +/).forEach((detail) => {
				this.argument(detail);
			});
			return this;
		}
		/**
		* Define argument syntax for command, adding a prepared argument.
		*
		* @param {Argument} argument
		* @return {Command} `this` command for chaining
		*/
		addArgument(argument) {
			const previousArgument = this.registeredArguments.slice(-1)[0];
			if (previousArgument?.variadic) throw new Error(`only the last argument can be variadic '${previousArgument.name()}'`);
			if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) throw new Error(`a default value for a required argument is never used: '${argument.name()}'`);
			this.registeredArguments.push(argument);
			return this;
		}
		/**
		* Customise or override default help command. By default a help command is automatically added if your command has subcommands.
		*
		* @example
		*    program.helpCommand('help [cmd]');
		*    program.helpCommand('help [cmd]', 'show help');
		*    program.helpCommand(false); // suppress default help command
		*    program.helpCommand(true); // add help command even if no subcommands
		*
		* @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
		* @param {string} [description] - custom description
		* @return {Command} `this` command for chaining
		*/
		helpCommand(enableOrNameAndArgs, description) {
			if (typeof enableOrNameAndArgs === "boolean") {
				this._addImplicitHelpCommand = enableOrNameAndArgs;
				if (enableOrNameAndArgs && this._defaultCommandGroup) this._initCommandGroup(this._getHelpCommand());
				return this;
			}
			const [, helpName, helpArgs] = (enableOrNameAndArgs ?? "help [command]").match(/([^ ]+) *(.*)/);
			const helpDescription = description ?? "display help for command";
			const helpCommand = this.createCommand(helpName);
			helpCommand.helpOption(false);
			if (helpArgs) helpCommand.arguments(helpArgs);
			if (helpDescription) helpCommand.description(helpDescription);
			this._addImplicitHelpCommand = true;
			this._helpCommand = helpCommand;
			if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
			return this;
		}
		/**
		* Add prepared custom help command.
		*
		* @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
		* @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
		* @return {Command} `this` command for chaining
		*/
		addHelpCommand(helpCommand, deprecatedDescription) {
			if (typeof helpCommand !== "object") {
				this.helpCommand(helpCommand, deprecatedDescription);
				return this;
			}
			this._addImplicitHelpCommand = true;
			this._helpCommand = helpCommand;
			this._initCommandGroup(helpCommand);
			return this;
		}
		/**
		* Lazy create help command.
		*
		* @return {(Command|null)}
		* @package
		*/
		_getHelpCommand() {
			if (this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"))) {
				if (this._helpCommand === void 0) this.helpCommand(void 0, void 0);
				return this._helpCommand;
			}
			return null;
		}
		/**
		* Add hook for life cycle event.
		*
		* @param {string} event
		* @param {Function} listener
		* @return {Command} `this` command for chaining
		*/
		hook(event, listener) {
			const allowedValues = [
				"preSubcommand",
				"preAction",
				"postAction"
			];
			if (!allowedValues.includes(event)) throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
			if (this._lifeCycleHooks[event]) this._lifeCycleHooks[event].push(listener);
			else this._lifeCycleHooks[event] = [listener];
			return this;
		}
		/**
		* Register callback to use as replacement for calling process.exit.
		*
		* @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
		* @return {Command} `this` command for chaining
		*/
		exitOverride(fn) {
			if (fn) this._exitCallback = fn;
			else this._exitCallback = (err) => {
				if (err.code !== "commander.executeSubCommandAsync") throw err;
			};
			return this;
		}
		/**
		* Call process.exit, and _exitCallback if defined.
		*
		* @param {number} exitCode exit code for using with process.exit
		* @param {string} code an id string representing the error
		* @param {string} message human-readable description of the error
		* @return never
		* @private
		*/
		_exit(exitCode, code, message) {
			if (this._exitCallback) this._exitCallback(new CommanderError(exitCode, code, message));
			process.exit(exitCode);
		}
		/**
		* Register callback `fn` for the command.
		*
		* @example
		* program
		*   .command('serve')
		*   .description('start service')
		*   .action(function() {
		*      // do work here
		*   });
		*
		* @param {Function} fn
		* @return {Command} `this` command for chaining
		*/
		action(fn) {
			const listener = (args) => {
				const expectedArgsCount = this.registeredArguments.length;
				const actionArgs = args.slice(0, expectedArgsCount);
				if (this._storeOptionsAsProperties) actionArgs[expectedArgsCount] = this;
				else actionArgs[expectedArgsCount] = this.opts();
				actionArgs.push(this);
				return fn.apply(this, actionArgs);
			};
			this._actionHandler = listener;
			return this;
		}
		/**
		* Factory routine to create a new unattached option.
		*
		* See .option() for creating an attached option, which uses this routine to
		* create the option. You can override createOption to return a custom option.
		*
		* @param {string} flags
		* @param {string} [description]
		* @return {Option} new option
		*/
		createOption(flags, description) {
			return new Option(flags, description);
		}
		/**
		* Wrap parseArgs to catch 'commander.invalidArgument'.
		*
		* @param {(Option | Argument)} target
		* @param {string} value
		* @param {*} previous
		* @param {string} invalidArgumentMessage
		* @private
		*/
		_callParseArg(target, value, previous, invalidArgumentMessage) {
			try {
				return target.parseArg(value, previous);
			} catch (err) {
				if (err.code === "commander.invalidArgument") {
					const message = `${invalidArgumentMessage} ${err.message}`;
					this.error(message, {
						exitCode: err.exitCode,
						code: err.code
					});
				}
				throw err;
			}
		}
		/**
		* Check for option flag conflicts.
		* Register option if no conflicts found, or throw on conflict.
		*
		* @param {Option} option
		* @private
		*/
		_registerOption(option) {
			const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
			if (matchingOption) {
				const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
				throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
			}
			this._initOptionGroup(option);
			this.options.push(option);
		}
		/**
		* Check for command name and alias conflicts with existing commands.
		* Register command if no conflicts found, or throw on conflict.
		*
		* @param {Command} command
		* @private
		*/
		_registerCommand(command) {
			const knownBy = (cmd) => {
				return [cmd.name()].concat(cmd.aliases());
			};
			const alreadyUsed = knownBy(command).find((name) => this._findCommand(name));
			if (alreadyUsed) {
				const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
				const newCmd = knownBy(command).join("|");
				throw new Error(`cannot add command '${newCmd}' as already have command '${existingCmd}'`);
			}
			this._initCommandGroup(command);
			this.commands.push(command);
		}
		/**
		* Add an option.
		*
		* @param {Option} option
		* @return {Command} `this` command for chaining
		*/
		addOption(option) {
			this._registerOption(option);
			const oname = option.name();
			const name = option.attributeName();
			if (option.negate) {
				const positiveLongFlag = option.long.replace(/^--no-/, "--");
				if (!this._findOption(positiveLongFlag)) this.setOptionValueWithSource(name, option.defaultValue === void 0 ? true : option.defaultValue, "default");
			} else if (option.defaultValue !== void 0) this.setOptionValueWithSource(name, option.defaultValue, "default");
			const handleOptionValue = (val, invalidValueMessage, valueSource) => {
				if (val == null && option.presetArg !== void 0) val = option.presetArg;
				const oldValue = this.getOptionValue(name);
				if (val !== null && option.parseArg) val = this._callParseArg(option, val, oldValue, invalidValueMessage);
				else if (val !== null && option.variadic) val = option._collectValue(val, oldValue);
				if (val == null) {
					if (option.negate) val = false;
					else if (option.isBoolean() || option.optional) val = true;
					else val = "";
				}
				this.setOptionValueWithSource(name, val, valueSource);
			};
			this.on("option:" + oname, (val) => {
				const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
				handleOptionValue(val, invalidValueMessage, "cli");
			});
			if (option.envVar) this.on("optionEnv:" + oname, (val) => {
				const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
				handleOptionValue(val, invalidValueMessage, "env");
			});
			return this;
		}
		/**
		* Internal implementation shared by .option() and .requiredOption()
		*
		* @return {Command} `this` command for chaining
		* @private
		*/
		_optionEx(config, flags, description, fn, defaultValue) {
			if (typeof flags === "object" && flags instanceof Option) throw new Error("To add an Option object use addOption() instead of option() or requiredOption()");
			const option = this.createOption(flags, description);
			option.makeOptionMandatory(!!config.mandatory);
			if (typeof fn === "function") option.default(defaultValue).argParser(fn);
			else if (fn instanceof RegExp) {
				const regex = fn;
				fn = (val, def) => {
					const m = regex.exec(val);
					return m ? m[0] : def;
				};
				option.default(defaultValue).argParser(fn);
			} else option.default(fn);
			return this.addOption(option);
		}
		/**
		* Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
		*
		* The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
		* option-argument is indicated by `<>` and an optional option-argument by `[]`.
		*
		* See the README for more details, and see also addOption() and requiredOption().
		*
		* @example
		* program
		*     .option('-p, --pepper', 'add pepper')
		*     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
		*     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
		*     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
		*
		* @param {string} flags
		* @param {string} [description]
		* @param {(Function|*)} [parseArg] - custom option processing function or default value
		* @param {*} [defaultValue]
		* @return {Command} `this` command for chaining
		*/
		option(flags, description, parseArg, defaultValue) {
			return this._optionEx({}, flags, description, parseArg, defaultValue);
		}
		/**
		* Add a required option which must have a value after parsing. This usually means
		* the option must be specified on the command line. (Otherwise the same as .option().)
		*
		* The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
		*
		* @param {string} flags
		* @param {string} [description]
		* @param {(Function|*)} [parseArg] - custom option processing function or default value
		* @param {*} [defaultValue]
		* @return {Command} `this` command for chaining
		*/
		requiredOption(flags, description, parseArg, defaultValue) {
			return this._optionEx({ mandatory: true }, flags, description, parseArg, defaultValue);
		}
		/**
		* Alter parsing of short flags with optional values.
		*
		* @example
		* // for `.option('-f,--flag [value]'):
		* program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
		* program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
		*
		* @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
		* @return {Command} `this` command for chaining
		*/
		combineFlagAndOptionalValue(combine = true) {
			this._combineFlagAndOptionalValue = !!combine;
			return this;
		}
		/**
		* Allow unknown options on the command line.
		*
		* @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
		* @return {Command} `this` command for chaining
		*/
		allowUnknownOption(allowUnknown = true) {
			this._allowUnknownOption = !!allowUnknown;
			return this;
		}
		/**
		* Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
		*
		* @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
		* @return {Command} `this` command for chaining
		*/
		allowExcessArguments(allowExcess = true) {
			this._allowExcessArguments = !!allowExcess;
			return this;
		}
		/**
		* Enable positional options. Positional means global options are specified before subcommands which lets
		* subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
		* The default behaviour is non-positional and global options may appear anywhere on the command line.
		*
		* @param {boolean} [positional]
		* @return {Command} `this` command for chaining
		*/
		enablePositionalOptions(positional = true) {
			this._enablePositionalOptions = !!positional;
			return this;
		}
		/**
		* Pass through options that come after command-arguments rather than treat them as command-options,
		* so actual command-options come before command-arguments. Turning this on for a subcommand requires
		* positional options to have been enabled on the program (parent commands).
		* The default behaviour is non-positional and options may appear before or after command-arguments.
		*
		* @param {boolean} [passThrough] for unknown options.
		* @return {Command} `this` command for chaining
		*/
		passThroughOptions(passThrough = true) {
			this._passThroughOptions = !!passThrough;
			this._checkForBrokenPassThrough();
			return this;
		}
		/**
		* @private
		*/
		_checkForBrokenPassThrough() {
			if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) throw new Error(`passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`);
		}
		/**
		* Whether to store option values as properties on command object,
		* or store separately (specify false). In both cases the option values can be accessed using .opts().
		*
		* @param {boolean} [storeAsProperties=true]
		* @return {Command} `this` command for chaining
		*/
		storeOptionsAsProperties(storeAsProperties = true) {
			if (this.options.length) throw new Error("call .storeOptionsAsProperties() before adding options");
			if (Object.keys(this._optionValues).length) throw new Error("call .storeOptionsAsProperties() before setting option values");
			this._storeOptionsAsProperties = !!storeAsProperties;
			return this;
		}
		/**
		* Retrieve option value.
		*
		* @param {string} key
		* @return {object} value
		*/
		getOptionValue(key) {
			if (this._storeOptionsAsProperties) return this[key];
			return this._optionValues[key];
		}
		/**
		* Store option value.
		*
		* @param {string} key
		* @param {object} value
		* @return {Command} `this` command for chaining
		*/
		setOptionValue(key, value) {
			return this.setOptionValueWithSource(key, value, void 0);
		}
		/**
		* Store option value and where the value came from.
		*
		* @param {string} key
		* @param {object} value
		* @param {string} source - expected values are default/config/env/cli/implied
		* @return {Command} `this` command for chaining
		*/
		setOptionValueWithSource(key, value, source) {
			if (this._storeOptionsAsProperties) this[key] = value;
			else this._optionValues[key] = value;
			this._optionValueSources[key] = source;
			return this;
		}
		/**
		* Get source of option value.
		* Expected values are default | config | env | cli | implied
		*
		* @param {string} key
		* @return {string}
		*/
		getOptionValueSource(key) {
			return this._optionValueSources[key];
		}
		/**
		* Get source of option value. See also .optsWithGlobals().
		* Expected values are default | config | env | cli | implied
		*
		* @param {string} key
		* @return {string}
		*/
		getOptionValueSourceWithGlobals(key) {
			let source;
			this._getCommandAndAncestors().forEach((cmd) => {
				if (cmd.getOptionValueSource(key) !== void 0) source = cmd.getOptionValueSource(key);
			});
			return source;
		}
		/**
		* Get user arguments from implied or explicit arguments.
		* Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
		*
		* @private
		*/
		_prepareUserArgs(argv, parseOptions) {
			if (argv !== void 0 && !Array.isArray(argv)) throw new Error("first parameter to parse must be array or undefined");
			parseOptions = parseOptions || {};
			if (argv === void 0 && parseOptions.from === void 0) {
				if (process.versions?.electron) parseOptions.from = "electron";
				const execArgv = process.execArgv ?? [];
				if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) parseOptions.from = "eval";
			}
			if (argv === void 0) argv = process.argv;
			this.rawArgs = argv.slice();
			let userArgs;
			switch (parseOptions.from) {
				case void 0:
				case "node":
					this._scriptPath = argv[1];
					userArgs = argv.slice(2);
					break;
				case "electron":
					if (process.defaultApp) {
						this._scriptPath = argv[1];
						userArgs = argv.slice(2);
					} else userArgs = argv.slice(1);
					break;
				case "user":
					userArgs = argv.slice(0);
					break;
				case "eval":
					userArgs = argv.slice(1);
					break;
				default: throw new Error(`unexpected parse option { from: '${parseOptions.from}' }`);
			}
			if (!this._name && this._scriptPath) this.nameFromFilename(this._scriptPath);
			this._name = this._name || "program";
			return userArgs;
		}
		/**
		* Parse `argv`, setting options and invoking commands when defined.
		*
		* Use parseAsync instead of parse if any of your action handlers are async.
		*
		* Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
		*
		* Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
		* - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
		* - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
		* - `'user'`: just user arguments
		*
		* @example
		* program.parse(); // parse process.argv and auto-detect electron and special node flags
		* program.parse(process.argv); // assume argv[0] is app and argv[1] is script
		* program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
		*
		* @param {string[]} [argv] - optional, defaults to process.argv
		* @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
		* @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
		* @return {Command} `this` command for chaining
		*/
		parse(argv, parseOptions) {
			this._prepareForParse();
			const userArgs = this._prepareUserArgs(argv, parseOptions);
			this._parseCommand([], userArgs);
			return this;
		}
		/**
		* Parse `argv`, setting options and invoking commands when defined.
		*
		* Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
		*
		* Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
		* - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
		* - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
		* - `'user'`: just user arguments
		*
		* @example
		* await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
		* await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
		* await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
		*
		* @param {string[]} [argv]
		* @param {object} [parseOptions]
		* @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
		* @return {Promise}
		*/
		async parseAsync(argv, parseOptions) {
			this._prepareForParse();
			const userArgs = this._prepareUserArgs(argv, parseOptions);
			await this._parseCommand([], userArgs);
			return this;
		}
		_prepareForParse() {
			if (this._savedState === null) this.saveStateBeforeParse();
			else this.restoreStateBeforeParse();
		}
		/**
		* Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
		* Not usually called directly, but available for subclasses to save their custom state.
		*
		* This is called in a lazy way. Only commands used in parsing chain will have state saved.
		*/
		saveStateBeforeParse() {
			this._savedState = {
				_name: this._name,
				_optionValues: { ...this._optionValues },
				_optionValueSources: { ...this._optionValueSources }
			};
		}
		/**
		* Restore state before parse for calls after the first.
		* Not usually called directly, but available for subclasses to save their custom state.
		*
		* This is called in a lazy way. Only commands used in parsing chain will have state restored.
		*/
		restoreStateBeforeParse() {
			if (this._storeOptionsAsProperties) throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
			this._name = this._savedState._name;
			this._scriptPath = null;
			this.rawArgs = [];
			this._optionValues = { ...this._savedState._optionValues };
			this._optionValueSources = { ...this._savedState._optionValueSources };
			this.args = [];
			this.processedArgs = [];
		}
		/**
		* Throw if expected executable is missing. Add lots of help for author.
		*
		* @param {string} executableFile
		* @param {string} executableDir
		* @param {string} subcommandName
		*/
		_checkForMissingExecutable(executableFile, executableDir, subcommandName) {
			if (fs.existsSync(executableFile)) return;
			const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory"}`;
			throw new Error(executableMissing);
		}
		/**
		* Execute a sub-command executable.
		*
		* @private
		*/
		_executeSubCommand(subcommand, args) {
			args = args.slice();
			let launchWithNode = false;
			const sourceExt = [
				".js",
				".ts",
				".tsx",
				".mjs",
				".cjs"
			];
			function findFile(baseDir, baseName) {
				const localBin = path.resolve(baseDir, baseName);
				if (fs.existsSync(localBin)) return localBin;
				if (sourceExt.includes(path.extname(baseName))) return void 0;
				const foundExt = sourceExt.find((ext) => fs.existsSync(`${localBin}${ext}`));
				if (foundExt) return `${localBin}${foundExt}`;
			}
			this._checkForMissingMandatoryOptions();
			this._checkForConflictingOptions();
			let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
			let executableDir = this._executableDir || "";
			if (this._scriptPath) {
				let resolvedScriptPath;
				try {
					resolvedScriptPath = fs.realpathSync(this._scriptPath);
				} catch {
					resolvedScriptPath = this._scriptPath;
				}
				executableDir = path.resolve(path.dirname(resolvedScriptPath), executableDir);
			}
			if (executableDir) {
				let localFile = findFile(executableDir, executableFile);
				if (!localFile && !subcommand._executableFile && this._scriptPath) {
					const legacyName = path.basename(this._scriptPath, path.extname(this._scriptPath));
					if (legacyName !== this._name) localFile = findFile(executableDir, `${legacyName}-${subcommand._name}`);
				}
				executableFile = localFile || executableFile;
			}
			launchWithNode = sourceExt.includes(path.extname(executableFile));
			let proc;
			if (process.platform !== "win32") {
				if (launchWithNode) {
					args.unshift(executableFile);
					args = incrementNodeInspectorPort(process.execArgv).concat(args);
					proc = childProcess.spawn(process.argv[0], args, { stdio: "inherit" });
				} else proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
			} else {
				this._checkForMissingExecutable(executableFile, executableDir, subcommand._name);
				args.unshift(executableFile);
				args = incrementNodeInspectorPort(process.execArgv).concat(args);
				proc = childProcess.spawn(process.execPath, args, { stdio: "inherit" });
			}
			if (!proc.killed) [
				"SIGUSR1",
				"SIGUSR2",
				"SIGTERM",
				"SIGINT",
				"SIGHUP"
			].forEach((signal) => {
				process.on(signal, () => {
					if (proc.killed === false && proc.exitCode === null) proc.kill(signal);
				});
			});
			const exitCallback = this._exitCallback;
			proc.on("close", (code) => {
				code = code ?? 1;
				if (!exitCallback) process.exit(code);
				else exitCallback(new CommanderError(code, "commander.executeSubCommandAsync", "(close)"));
			});
			proc.on("error", (err) => {
				if (err.code === "ENOENT") this._checkForMissingExecutable(executableFile, executableDir, subcommand._name);
				else if (err.code === "EACCES") throw new Error(`'${executableFile}' not executable`);
				if (!exitCallback) process.exit(1);
				else {
					const wrappedError = new CommanderError(1, "commander.executeSubCommandAsync", "(error)");
					wrappedError.nestedError = err;
					exitCallback(wrappedError);
				}
			});
			this.runningCommand = proc;
		}
		/**
		* @private
		*/
		_dispatchSubcommand(commandName, operands, unknown) {
			const subCommand = this._findCommand(commandName);
			if (!subCommand) this.help({ error: true });
			subCommand._prepareForParse();
			let promiseChain;
			promiseChain = this._chainOrCallSubCommandHook(promiseChain, subCommand, "preSubcommand");
			promiseChain = this._chainOrCall(promiseChain, () => {
				if (subCommand._executableHandler) this._executeSubCommand(subCommand, operands.concat(unknown));
				else return subCommand._parseCommand(operands, unknown);
			});
			return promiseChain;
		}
		/**
		* Invoke help directly if possible, or dispatch if necessary.
		* e.g. help foo
		*
		* @private
		*/
		_dispatchHelpCommand(subcommandName) {
			if (!subcommandName) this.help();
			const subCommand = this._findCommand(subcommandName);
			if (subCommand && !subCommand._executableHandler) subCommand.help();
			return this._dispatchSubcommand(subcommandName, [], [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]);
		}
		/**
		* Check this.args against expected this.registeredArguments.
		*
		* @private
		*/
		_checkNumberOfArguments() {
			this.registeredArguments.forEach((arg, i) => {
				if (arg.required && this.args[i] == null) this.missingArgument(arg.name());
			});
			if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) return;
			if (this.args.length > this.registeredArguments.length) this._excessArguments(this.args);
		}
		/**
		* Process this.args using this.registeredArguments and save as this.processedArgs!
		*
		* @private
		*/
		_processArguments() {
			const myParseArg = (argument, value, previous) => {
				let parsedValue = value;
				if (value !== null && argument.parseArg) {
					const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
					parsedValue = this._callParseArg(argument, value, previous, invalidValueMessage);
				}
				return parsedValue;
			};
			this._checkNumberOfArguments();
			const processedArgs = [];
			this.registeredArguments.forEach((declaredArg, index) => {
				let value = declaredArg.defaultValue;
				if (declaredArg.variadic) {
					if (index < this.args.length) {
						value = this.args.slice(index);
						if (declaredArg.parseArg) value = value.reduce((processed, v) => {
							return myParseArg(declaredArg, v, processed);
						}, declaredArg.defaultValue);
					} else if (value === void 0) value = [];
				} else if (index < this.args.length) {
					value = this.args[index];
					if (declaredArg.parseArg) value = myParseArg(declaredArg, value, declaredArg.defaultValue);
				}
				processedArgs[index] = value;
			});
			this.processedArgs = processedArgs;
		}
		/**
		* Once we have a promise we chain, but call synchronously until then.
		*
		* @param {(Promise|undefined)} promise
		* @param {Function} fn
		* @return {(Promise|undefined)}
		* @private
		*/
		_chainOrCall(promise, fn) {
			if (promise?.then && typeof promise.then === "function") return promise.then(() => fn());
			return fn();
		}
		/**
		*
		* @param {(Promise|undefined)} promise
		* @param {string} event
		* @return {(Promise|undefined)}
		* @private
		*/
		_chainOrCallHooks(promise, event) {
			let result = promise;
			const hooks = [];
			this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
				hookedCommand._lifeCycleHooks[event].forEach((callback) => {
					hooks.push({
						hookedCommand,
						callback
					});
				});
			});
			if (event === "postAction") hooks.reverse();
			hooks.forEach((hookDetail) => {
				result = this._chainOrCall(result, () => {
					return hookDetail.callback(hookDetail.hookedCommand, this);
				});
			});
			return result;
		}
		/**
		*
		* @param {(Promise|undefined)} promise
		* @param {Command} subCommand
		* @param {string} event
		* @return {(Promise|undefined)}
		* @private
		*/
		_chainOrCallSubCommandHook(promise, subCommand, event) {
			let result = promise;
			if (this._lifeCycleHooks[event] !== void 0) this._lifeCycleHooks[event].forEach((hook) => {
				result = this._chainOrCall(result, () => {
					return hook(this, subCommand);
				});
			});
			return result;
		}
		/**
		* Process arguments in context of this command.
		* Returns action result, in case it is a promise.
		*
		* @private
		*/
		_parseCommand(operands, unknown) {
			const parsed = this.parseOptions(unknown);
			this._parseOptionsEnv();
			this._parseOptionsImplied();
			operands = operands.concat(parsed.operands);
			unknown = parsed.unknown;
			this.args = operands.concat(unknown);
			if (operands && this._findCommand(operands[0])) return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
			if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) return this._dispatchHelpCommand(operands[1]);
			if (this._defaultCommandName) {
				this._outputHelpIfRequested(unknown);
				return this._dispatchSubcommand(this._defaultCommandName, operands, unknown);
			}
			if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) this.help({ error: true });
			this._outputHelpIfRequested(parsed.unknown);
			this._checkForMissingMandatoryOptions();
			this._checkForConflictingOptions();
			const checkForUnknownOptions = () => {
				if (parsed.unknown.length > 0) this.unknownOption(parsed.unknown[0]);
			};
			const commandEvent = `command:${this.name()}`;
			if (this._actionHandler) {
				checkForUnknownOptions();
				this._processArguments();
				let promiseChain;
				promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
				promiseChain = this._chainOrCall(promiseChain, () => this._actionHandler(this.processedArgs));
				if (this.parent) promiseChain = this._chainOrCall(promiseChain, () => {
					this.parent.emit(commandEvent, operands, unknown);
				});
				promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
				return promiseChain;
			}
			if (this.parent?.listenerCount(commandEvent)) {
				checkForUnknownOptions();
				this._processArguments();
				this.parent.emit(commandEvent, operands, unknown);
			} else if (operands.length) {
				if (this._findCommand("*")) return this._dispatchSubcommand("*", operands, unknown);
				if (this.listenerCount("command:*")) this.emit("command:*", operands, unknown);
				else if (this.commands.length) this.unknownCommand();
				else {
					checkForUnknownOptions();
					this._processArguments();
				}
			} else if (this.commands.length) {
				checkForUnknownOptions();
				this.help({ error: true });
			} else {
				checkForUnknownOptions();
				this._processArguments();
			}
		}
		/**
		* Find matching command.
		*
		* @private
		* @return {Command | undefined}
		*/
		_findCommand(name) {
			if (!name) return void 0;
			return this.commands.find((cmd) => cmd._name === name || cmd._aliases.includes(name));
		}
		/**
		* Return an option matching `arg` if any.
		*
		* @param {string} arg
		* @return {Option}
		* @package
		*/
		_findOption(arg) {
			return this.options.find((option) => option.is(arg));
		}
		/**
		* Display an error message if a mandatory option does not have a value.
		* Called after checking for help flags in leaf subcommand.
		*
		* @private
		*/
		_checkForMissingMandatoryOptions() {
			this._getCommandAndAncestors().forEach((cmd) => {
				cmd.options.forEach((anOption) => {
					if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) cmd.missingMandatoryOptionValue(anOption);
				});
			});
		}
		/**
		* Display an error message if conflicting options are used together in this.
		*
		* @private
		*/
		_checkForConflictingLocalOptions() {
			const definedNonDefaultOptions = this.options.filter((option) => {
				const optionKey = option.attributeName();
				if (this.getOptionValue(optionKey) === void 0) return false;
				return this.getOptionValueSource(optionKey) !== "default";
			});
			definedNonDefaultOptions.filter((option) => option.conflictsWith.length > 0).forEach((option) => {
				const conflictingAndDefined = definedNonDefaultOptions.find((defined) => option.conflictsWith.includes(defined.attributeName()));
				if (conflictingAndDefined) this._conflictingOption(option, conflictingAndDefined);
			});
		}
		/**
		* Display an error message if conflicting options are used together.
		* Called after checking for help flags in leaf subcommand.
		*
		* @private
		*/
		_checkForConflictingOptions() {
			this._getCommandAndAncestors().forEach((cmd) => {
				cmd._checkForConflictingLocalOptions();
			});
		}
		/**
		* Parse options from `argv` removing known options,
		* and return argv split into operands and unknown arguments.
		*
		* Side effects: modifies command by storing options. Does not reset state if called again.
		*
		* Examples:
		*
		*     argv => operands, unknown
		*     --known kkk op => [op], []
		*     op --known kkk => [op], []
		*     sub --unknown uuu op => [sub], [--unknown uuu op]
		*     sub -- --unknown uuu op => [sub --unknown uuu op], []
		*
		* @param {string[]} args
		* @return {{operands: string[], unknown: string[]}}
		*/
		parseOptions(args) {
			const operands = [];
			const unknown = [];
			let dest = operands;
			function maybeOption(arg) {
				return arg.length > 1 && arg[0] === "-";
			}
			const negativeNumberArg = (arg) => {
				if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
				return !this._getCommandAndAncestors().some((cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short)));
			};
			let activeVariadicOption = null;
			let activeGroup = null;
			let i = 0;
			while (i < args.length || activeGroup) {
				const arg = activeGroup ?? args[i++];
				activeGroup = null;
				if (arg === "--") {
					if (dest === unknown) dest.push(arg);
					dest.push(...args.slice(i));
					break;
				}
				if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
					this.emit(`option:${activeVariadicOption.name()}`, arg);
					continue;
				}
				activeVariadicOption = null;
				if (maybeOption(arg)) {
					const option = this._findOption(arg);
					if (option) {
						if (option.required) {
							const value = args[i++];
							if (value === void 0) this.optionMissingArgument(option);
							this.emit(`option:${option.name()}`, value);
						} else if (option.optional) {
							let value = null;
							if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) value = args[i++];
							this.emit(`option:${option.name()}`, value);
						} else this.emit(`option:${option.name()}`);
						activeVariadicOption = option.variadic ? option : null;
						continue;
					}
				}
				if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
					const option = this._findOption(`-${arg[1]}`);
					if (option) {
						if (option.required || option.optional && this._combineFlagAndOptionalValue) this.emit(`option:${option.name()}`, arg.slice(2));
						else {
							this.emit(`option:${option.name()}`);
							activeGroup = `-${arg.slice(2)}`;
						}
						continue;
					}
				}
				if (/^--[^=]+=/.test(arg)) {
					const index = arg.indexOf("=");
					const option = this._findOption(arg.slice(0, index));
					if (option && (option.required || option.optional)) {
						this.emit(`option:${option.name()}`, arg.slice(index + 1));
						continue;
					}
				}
				if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) dest = unknown;
				if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown.length === 0) {
					if (this._findCommand(arg)) {
						operands.push(arg);
						unknown.push(...args.slice(i));
						break;
					} else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
						operands.push(arg, ...args.slice(i));
						break;
					} else if (this._defaultCommandName) {
						unknown.push(arg, ...args.slice(i));
						break;
					}
				}
				if (this._passThroughOptions) {
					dest.push(arg, ...args.slice(i));
					break;
				}
				dest.push(arg);
			}
			return {
				operands,
				unknown
			};
		}
		/**
		* Return an object containing local option values as key-value pairs.
		*
		* @return {object}
		*/
		opts() {
			if (this._storeOptionsAsProperties) {
				const result = {};
				const len = this.options.length;
				for (let i = 0; i < len; i++) {
					const key = this.options[i].attributeName();
					result[key] = key === this._versionOptionName ? this._version : this[key];
				}
				return result;
			}
			return this._optionValues;
		}
		/**
		* Return an object containing merged local and global option values as key-value pairs.
		*
		* @return {object}
		*/
		optsWithGlobals() {
			return this._getCommandAndAncestors().reduce((combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()), {});
		}
		/**
		* Display error message and exit (or call exitOverride).
		*
		* @param {string} message
		* @param {object} [errorOptions]
		* @param {string} [errorOptions.code] - an id string representing the error
		* @param {number} [errorOptions.exitCode] - used with process.exit
		*/
		error(message, errorOptions) {
			this._outputConfiguration.outputError(`${message}\n`, this._outputConfiguration.writeErr);
			if (typeof this._showHelpAfterError === "string") this._outputConfiguration.writeErr(`${this._showHelpAfterError}\n`);
			else if (this._showHelpAfterError) {
				this._outputConfiguration.writeErr("\n");
				this.outputHelp({ error: true });
			}
			const config = errorOptions || {};
			const exitCode = config.exitCode || 1;
			const code = config.code || "commander.error";
			this._exit(exitCode, code, message);
		}
		/**
		* Apply any option related environment variables, if option does
		* not have a value from cli or client code.
		*
		* @private
		*/
		_parseOptionsEnv() {
			this.options.forEach((option) => {
				if (option.envVar && option.envVar in process.env) {
					const optionKey = option.attributeName();
					if (this.getOptionValue(optionKey) === void 0 || [
						"default",
						"config",
						"env"
					].includes(this.getOptionValueSource(optionKey))) {
						if (option.required || option.optional) this.emit(`optionEnv:${option.name()}`, process.env[option.envVar]);
						else this.emit(`optionEnv:${option.name()}`);
					}
				}
			});
		}
		/**
		* Apply any implied option values, if option is undefined or default value.
		*
		* @private
		*/
		_parseOptionsImplied() {
			const dualHelper = new DualOptions(this.options);
			const hasCustomOptionValue = (optionKey) => {
				return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
			};
			this.options.filter((option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(this.getOptionValue(option.attributeName()), option)).forEach((option) => {
				Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
					this.setOptionValueWithSource(impliedKey, option.implied[impliedKey], "implied");
				});
			});
		}
		/**
		* Argument `name` is missing.
		*
		* @param {string} name
		* @private
		*/
		missingArgument(name) {
			const message = `error: missing required argument '${name}'`;
			this.error(message, { code: "commander.missingArgument" });
		}
		/**
		* `Option` is missing an argument.
		*
		* @param {Option} option
		* @private
		*/
		optionMissingArgument(option) {
			const message = `error: option '${option.flags}' argument missing`;
			this.error(message, { code: "commander.optionMissingArgument" });
		}
		/**
		* `Option` does not have a value, and is a mandatory option.
		*
		* @param {Option} option
		* @private
		*/
		missingMandatoryOptionValue(option) {
			const message = `error: required option '${option.flags}' not specified`;
			this.error(message, { code: "commander.missingMandatoryOptionValue" });
		}
		/**
		* `Option` conflicts with another option.
		*
		* @param {Option} option
		* @param {Option} conflictingOption
		* @private
		*/
		_conflictingOption(option, conflictingOption) {
			const findBestOptionFromValue = (option) => {
				const optionKey = option.attributeName();
				const optionValue = this.getOptionValue(optionKey);
				const negativeOption = this.options.find((target) => target.negate && optionKey === target.attributeName());
				const positiveOption = this.options.find((target) => !target.negate && optionKey === target.attributeName());
				if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) return negativeOption;
				return positiveOption || option;
			};
			const getErrorMessage = (option) => {
				const bestOption = findBestOptionFromValue(option);
				const optionKey = bestOption.attributeName();
				if (this.getOptionValueSource(optionKey) === "env") return `environment variable '${bestOption.envVar}'`;
				return `option '${bestOption.flags}'`;
			};
			const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
			this.error(message, { code: "commander.conflictingOption" });
		}
		/**
		* Unknown option `flag`.
		*
		* @param {string} flag
		* @private
		*/
		unknownOption(flag) {
			if (this._allowUnknownOption) return;
			let suggestion = "";
			if (flag.startsWith("--") && this._showSuggestionAfterError) {
				let candidateFlags = [];
				let command = this;
				do {
					const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
					candidateFlags = candidateFlags.concat(moreFlags);
					command = command.parent;
				} while (command && !command._enablePositionalOptions);
				suggestion = suggestSimilar(flag, candidateFlags);
			}
			const message = `error: unknown option '${flag}'${suggestion}`;
			this.error(message, { code: "commander.unknownOption" });
		}
		/**
		* Excess arguments, more than expected.
		*
		* @param {string[]} receivedArgs
		* @private
		*/
		_excessArguments(receivedArgs) {
			if (this._allowExcessArguments) return;
			const expected = this.registeredArguments.length;
			const s = expected === 1 ? "" : "s";
			const message = `error: too many arguments${this.parent ? ` for '${this.name()}'` : ""}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
			this.error(message, { code: "commander.excessArguments" });
		}
		/**
		* Unknown command.
		*
		* @private
		*/
		unknownCommand() {
			const unknownName = this.args[0];
			let suggestion = "";
			if (this._showSuggestionAfterError) {
				const candidateNames = [];
				this.createHelp().visibleCommands(this).forEach((command) => {
					candidateNames.push(command.name());
					if (command.alias()) candidateNames.push(command.alias());
				});
				suggestion = suggestSimilar(unknownName, candidateNames);
			}
			const message = `error: unknown command '${unknownName}'${suggestion}`;
			this.error(message, { code: "commander.unknownCommand" });
		}
		/**
		* Get or set the program version.
		*
		* This method auto-registers the "-V, --version" option which will print the version number.
		*
		* You can optionally supply the flags and description to override the defaults.
		*
		* @param {string} [str]
		* @param {string} [flags]
		* @param {string} [description]
		* @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
		*/
		version(str, flags, description) {
			if (str === void 0) return this._version;
			this._version = str;
			flags = flags || "-V, --version";
			description = description || "output the version number";
			const versionOption = this.createOption(flags, description);
			this._versionOptionName = versionOption.attributeName();
			this._registerOption(versionOption);
			this.on("option:" + versionOption.name(), () => {
				this._outputConfiguration.writeOut(`${str}\n`);
				this._exit(0, "commander.version", str);
			});
			return this;
		}
		/**
		* Set the description.
		*
		* @param {string} [str]
		* @param {object} [argsDescription]
		* @return {(string|Command)}
		*/
		description(str, argsDescription) {
			if (str === void 0 && argsDescription === void 0) return this._description;
			this._description = str;
			if (argsDescription) this._argsDescription = argsDescription;
			return this;
		}
		/**
		* Set the summary. Used when listed as subcommand of parent.
		*
		* @param {string} [str]
		* @return {(string|Command)}
		*/
		summary(str) {
			if (str === void 0) return this._summary;
			this._summary = str;
			return this;
		}
		/**
		* Set an alias for the command.
		*
		* You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
		*
		* @param {string} [alias]
		* @return {(string|Command)}
		*/
		alias(alias) {
			if (alias === void 0) return this._aliases[0];
			/** @type {Command} */
			let command = this;
			if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) command = this.commands[this.commands.length - 1];
			if (alias === command._name) throw new Error("Command alias can't be the same as its name");
			const matchingCommand = this.parent?._findCommand(alias);
			if (matchingCommand) {
				const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
				throw new Error(`cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`);
			}
			command._aliases.push(alias);
			return this;
		}
		/**
		* Set aliases for the command.
		*
		* Only the first alias is shown in the auto-generated help.
		*
		* @param {string[]} [aliases]
		* @return {(string[]|Command)}
		*/
		aliases(aliases) {
			if (aliases === void 0) return this._aliases;
			aliases.forEach((alias) => this.alias(alias));
			return this;
		}
		/**
		* Set / get the command usage `str`.
		*
		* @param {string} [str]
		* @return {(string|Command)}
		*/
		usage(str) {
			if (str === void 0) {
				if (this._usage) return this._usage;
				const args = this.registeredArguments.map((arg) => {
					return humanReadableArgName(arg);
				});
				return [].concat(this.options.length || this._helpOption !== null ? "[options]" : [], this.commands.length ? "[command]" : [], this.registeredArguments.length ? args : []).join(" ");
			}
			this._usage = str;
			return this;
		}
		/**
		* Get or set the name of the command.
		*
		* @param {string} [str]
		* @return {(string|Command)}
		*/
		name(str) {
			if (str === void 0) return this._name;
			this._name = str;
			return this;
		}
		/**
		* Set/get the help group heading for this subcommand in parent command's help.
		*
		* @param {string} [heading]
		* @return {Command | string}
		*/
		helpGroup(heading) {
			if (heading === void 0) return this._helpGroupHeading ?? "";
			this._helpGroupHeading = heading;
			return this;
		}
		/**
		* Set/get the default help group heading for subcommands added to this command.
		* (This does not override a group set directly on the subcommand using .helpGroup().)
		*
		* @example
		* program.commandsGroup('Development Commands:);
		* program.command('watch')...
		* program.command('lint')...
		* ...
		*
		* @param {string} [heading]
		* @returns {Command | string}
		*/
		commandsGroup(heading) {
			if (heading === void 0) return this._defaultCommandGroup ?? "";
			this._defaultCommandGroup = heading;
			return this;
		}
		/**
		* Set/get the default help group heading for options added to this command.
		* (This does not override a group set directly on the option using .helpGroup().)
		*
		* @example
		* program
		*   .optionsGroup('Development Options:')
		*   .option('-d, --debug', 'output extra debugging')
		*   .option('-p, --profile', 'output profiling information')
		*
		* @param {string} [heading]
		* @returns {Command | string}
		*/
		optionsGroup(heading) {
			if (heading === void 0) return this._defaultOptionGroup ?? "";
			this._defaultOptionGroup = heading;
			return this;
		}
		/**
		* @param {Option} option
		* @private
		*/
		_initOptionGroup(option) {
			if (this._defaultOptionGroup && !option.helpGroupHeading) option.helpGroup(this._defaultOptionGroup);
		}
		/**
		* @param {Command} cmd
		* @private
		*/
		_initCommandGroup(cmd) {
			if (this._defaultCommandGroup && !cmd.helpGroup()) cmd.helpGroup(this._defaultCommandGroup);
		}
		/**
		* Set the name of the command from script filename, such as process.argv[1],
		* or require.main.filename, or __filename.
		*
		* (Used internally and public although not documented in README.)
		*
		* @example
		* program.nameFromFilename(require.main.filename);
		*
		* @param {string} filename
		* @return {Command}
		*/
		nameFromFilename(filename) {
			this._name = path.basename(filename, path.extname(filename));
			return this;
		}
		/**
		* Get or set the directory for searching for executable subcommands of this command.
		*
		* @example
		* program.executableDir(__dirname);
		* // or
		* program.executableDir('subcommands');
		*
		* @param {string} [path]
		* @return {(string|null|Command)}
		*/
		executableDir(path) {
			if (path === void 0) return this._executableDir;
			this._executableDir = path;
			return this;
		}
		/**
		* Return program help documentation.
		*
		* @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
		* @return {string}
		*/
		helpInformation(contextOptions) {
			const helper = this.createHelp();
			const context = this._getOutputContext(contextOptions);
			helper.prepareContext({
				error: context.error,
				helpWidth: context.helpWidth,
				outputHasColors: context.hasColors
			});
			const text = helper.formatHelp(this, helper);
			if (context.hasColors) return text;
			return this._outputConfiguration.stripColor(text);
		}
		/**
		* @typedef HelpContext
		* @type {object}
		* @property {boolean} error
		* @property {number} helpWidth
		* @property {boolean} hasColors
		* @property {function} write - includes stripColor if needed
		*
		* @returns {HelpContext}
		* @private
		*/
		_getOutputContext(contextOptions) {
			contextOptions = contextOptions || {};
			const error = !!contextOptions.error;
			let baseWrite;
			let hasColors;
			let helpWidth;
			if (error) {
				baseWrite = (str) => this._outputConfiguration.writeErr(str);
				hasColors = this._outputConfiguration.getErrHasColors();
				helpWidth = this._outputConfiguration.getErrHelpWidth();
			} else {
				baseWrite = (str) => this._outputConfiguration.writeOut(str);
				hasColors = this._outputConfiguration.getOutHasColors();
				helpWidth = this._outputConfiguration.getOutHelpWidth();
			}
			const write = (str) => {
				if (!hasColors) str = this._outputConfiguration.stripColor(str);
				return baseWrite(str);
			};
			return {
				error,
				write,
				hasColors,
				helpWidth
			};
		}
		/**
		* Output help information for this command.
		*
		* Outputs built-in help, and custom text added using `.addHelpText()`.
		*
		* @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
		*/
		outputHelp(contextOptions) {
			let deprecatedCallback;
			if (typeof contextOptions === "function") {
				deprecatedCallback = contextOptions;
				contextOptions = void 0;
			}
			const outputContext = this._getOutputContext(contextOptions);
			/** @type {HelpTextEventContext} */
			const eventContext = {
				error: outputContext.error,
				write: outputContext.write,
				command: this
			};
			this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
			this.emit("beforeHelp", eventContext);
			let helpInformation = this.helpInformation({ error: outputContext.error });
			if (deprecatedCallback) {
				helpInformation = deprecatedCallback(helpInformation);
				if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) throw new Error("outputHelp callback must return a string or a Buffer");
			}
			outputContext.write(helpInformation);
			if (this._getHelpOption()?.long) this.emit(this._getHelpOption().long);
			this.emit("afterHelp", eventContext);
			this._getCommandAndAncestors().forEach((command) => command.emit("afterAllHelp", eventContext));
		}
		/**
		* You can pass in flags and a description to customise the built-in help option.
		* Pass in false to disable the built-in help option.
		*
		* @example
		* program.helpOption('-?, --help' 'show help'); // customise
		* program.helpOption(false); // disable
		*
		* @param {(string | boolean)} flags
		* @param {string} [description]
		* @return {Command} `this` command for chaining
		*/
		helpOption(flags, description) {
			if (typeof flags === "boolean") {
				if (flags) {
					if (this._helpOption === null) this._helpOption = void 0;
					if (this._defaultOptionGroup) this._initOptionGroup(this._getHelpOption());
				} else this._helpOption = null;
				return this;
			}
			this._helpOption = this.createOption(flags ?? "-h, --help", description ?? "display help for command");
			if (flags || description) this._initOptionGroup(this._helpOption);
			return this;
		}
		/**
		* Lazy create help option.
		* Returns null if has been disabled with .helpOption(false).
		*
		* @returns {(Option | null)} the help option
		* @package
		*/
		_getHelpOption() {
			if (this._helpOption === void 0) this.helpOption(void 0, void 0);
			return this._helpOption;
		}
		/**
		* Supply your own option to use for the built-in help option.
		* This is an alternative to using helpOption() to customise the flags and description etc.
		*
		* @param {Option} option
		* @return {Command} `this` command for chaining
		*/
		addHelpOption(option) {
			this._helpOption = option;
			this._initOptionGroup(option);
			return this;
		}
		/**
		* Output help information and exit.
		*
		* Outputs built-in help, and custom text added using `.addHelpText()`.
		*
		* @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
		*/
		help(contextOptions) {
			this.outputHelp(contextOptions);
			let exitCode = Number(process.exitCode ?? 0);
			if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) exitCode = 1;
			this._exit(exitCode, "commander.help", "(outputHelp)");
		}
		/**
		* // Do a little typing to coordinate emit and listener for the help text events.
		* @typedef HelpTextEventContext
		* @type {object}
		* @property {boolean} error
		* @property {Command} command
		* @property {function} write
		*/
		/**
		* Add additional text to be displayed with the built-in help.
		*
		* Position is 'before' or 'after' to affect just this command,
		* and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
		*
		* @param {string} position - before or after built-in help
		* @param {(string | Function)} text - string to add, or a function returning a string
		* @return {Command} `this` command for chaining
		*/
		addHelpText(position, text) {
			const allowedValues = [
				"beforeAll",
				"before",
				"after",
				"afterAll"
			];
			if (!allowedValues.includes(position)) throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
			const helpEvent = `${position}Help`;
			this.on(helpEvent, (context) => {
				let helpStr;
				if (typeof text === "function") helpStr = text({
					error: context.error,
					command: context.command
				});
				else helpStr = text;
				if (helpStr) context.write(`${helpStr}\n`);
			});
			return this;
		}
		/**
		* Output help information if help flags specified
		*
		* @param {Array} args - array of options to search for help flags
		* @private
		*/
		_outputHelpIfRequested(args) {
			const helpOption = this._getHelpOption();
			if (helpOption && args.find((arg) => helpOption.is(arg))) {
				this.outputHelp();
				this._exit(0, "commander.helpDisplayed", "(outputHelp)");
			}
		}
	};
	/**
	* Scan arguments and increment port number for inspect calls (to avoid conflicts when spawning new command).
	*
	* @param {string[]} args - array of arguments from node.execArgv
	* @returns {string[]}
	* @private
	*/
	function incrementNodeInspectorPort(args) {
		return args.map((arg) => {
			if (!arg.startsWith("--inspect")) return arg;
			let debugOption;
			let debugHost = "127.0.0.1";
			let debugPort = "9229";
			let match;
			if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) debugOption = match[1];
			else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null) {
				debugOption = match[1];
				if (/^\d+$/.test(match[3])) debugPort = match[3];
				else debugHost = match[3];
			} else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null) {
				debugOption = match[1];
				debugHost = match[3];
				debugPort = match[4];
			}
			if (debugOption && debugPort !== "0") return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
			return arg;
		});
	}
	/**
	* @returns {boolean | undefined}
	* @package
	*/
	function useColor() {
		if (process.env.NO_COLOR || process.env.FORCE_COLOR === "0" || process.env.FORCE_COLOR === "false") return false;
		if (process.env.FORCE_COLOR || process.env.CLICOLOR_FORCE !== void 0) return true;
	}
	exports.Command = Command;
	exports.useColor = useColor;
}));
const { program: program$1, createCommand, createArgument, createOption, CommanderError, InvalidArgumentError, InvalidOptionArgumentError, Command, Argument, Option, Help } = (/* @__PURE__ */ __toESM((/* @__PURE__ */ __commonJSMin(((exports) => {
	const { Argument } = require_argument();
	const { Command } = require_command();
	const { CommanderError, InvalidArgumentError } = require_error();
	const { Help } = require_help();
	const { Option } = require_option();
	exports.program = new Command();
	exports.createCommand = (name) => new Command(name);
	exports.createOption = (flags, description) => new Option(flags, description);
	exports.createArgument = (name, description) => new Argument(name, description);
	/**
	* Expose classes
	*/
	exports.Command = Command;
	exports.Option = Option;
	exports.Argument = Argument;
	exports.Help = Help;
	exports.CommanderError = CommanderError;
	exports.InvalidArgumentError = InvalidArgumentError;
	exports.InvalidOptionArgumentError = InvalidArgumentError;
})))(), 1)).default;
var version$1 = "0.1.0";
var VERSION$1;
var init_version = __esmMin((() => {
	VERSION$1 = version$1;
}));
init_version();
const UNITS = {
	s: 1e3,
	min: 6e4
};
const LONGEST_TIMEOUT_MS = 36e5;
/** CI gives a secret or a variable that is not set as an empty one, and action.yml an input that is not given. */
const VARIABLES$1 = [
	"DEFECTXRAY_URL",
	"DEFECTXRAY_TOKEN",
	"DEFECTXRAY_AUDIENCE",
	"DEFECTXRAY_SPOOL",
	"DEFECTXRAY_ORGANIZATION"
];
/** Gives a command the options of the server. */
function describeServer(command) {
	for (const name of VARIABLES$1) if (process.env[name] === "") delete process.env[name];
	return command.addOption(new Option("--server <url>", "the server, by https").env("DEFECTXRAY_URL").default("http://localhost:5678")).addOption(new Option("--token <token>", "the credential; better in the environment, since arguments are in process lists; else the CI's own token").env("DEFECTXRAY_TOKEN")).addOption(new Option("--audience <text>", "whom the CI's own token is meant for; the server's origin, if it is not given").env("DEFECTXRAY_AUDIENCE")).addOption(new Option("--organization <slug>", "the organization, for the CI's own token: others could trust the same jobs").env("DEFECTXRAY_ORGANIZATION")).option("--service-connection <id>", "of Azure DevOps: the service connection that its token is of").addOption(new Option("--timeout <time>", "how long sending may take in all, as 30s or 5min").argParser(milliseconds$3).default(3e5, "5min"));
}
function milliseconds$3(value) {
	const [, count, unit] = /^([1-9]\d{0,5})(s|min)$/.exec(value) ?? [];
	const time = Number(count) * (UNITS[unit ?? ""] ?? NaN);
	if (!(time <= LONGEST_TIMEOUT_MS)) throw new InvalidArgumentError("It must be a time such as 30s or 5min, at most 60min.");
	return time;
}
/** The whole of a text that is short enough, else its beginning and end around a line that says what is missing. */
function cutMiddle(text, limit) {
	const bounded = new BoundedText(limit);
	bounded.add(text);
	return detached(bounded.toString());
}
/**
* A name that is part of an identity, at most `limit` characters: a longer one ends in a short hash of the whole, so
* that two long names stay two.
*/
function cutName(text, limit) {
	if (text.length <= limit) return detached(text);
	const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
	return `${withoutHalfPairs(text.slice(0, limit - hash.length - 2))}…#${hash}`;
}
/** A cut may go through a character outside of the basic plane; half of one is no text. */
function withoutHalfPairs(text) {
	return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}
/**
* A copy that shares no memory with the chunk it was cut from: V8 keeps the whole chunk alive for a slice of it, and a
* caller that holds a thousand names would hold a thousand chunks.
*/
function detached(text) {
	return Buffer.from(text).toString();
}
var DETAILS_LIMIT, MARKER_ROOM, BoundedText;
var init_bounded_text = __esmMin((() => {
	DETAILS_LIMIT = 65536;
	MARKER_ROOM = 64;
	BoundedText = class {
		#head = "";
		#tail = "";
		#length = 0;
		#limit;
		constructor(limit) {
			this.#limit = limit;
		}
		get isEmpty() {
			return this.#length === 0;
		}
		add(text) {
			this.#length += text.length;
			const half = this.#limit / 2;
			const room = Math.max(0, half - this.#head.length);
			this.#head += text.slice(0, room);
			this.#tail += text.slice(room);
			if (this.#tail.length > this.#limit) this.#tail = this.#tail.slice(-half);
		}
		toString() {
			if (this.#length <= this.#limit) return this.#head + this.#tail;
			const head = withoutHalfPairs(this.#head);
			const tail = withoutHalfPairs(this.#tail.slice(MARKER_ROOM - this.#limit / 2));
			return `${head}\n… ${this.#length - head.length - tail.length} characters left out …\n${tail}`;
		}
	};
}));
function variablesOf(environment) {
	return (name) => environment[name]?.trim() || null;
}
/** `<id>-<attempt>` of a CI system, the first attempt being 1. */
function runKey(provider, id, attempt) {
	return [
		provider,
		id ?? "unknown",
		attempt
	].filter((part) => part !== null).join("-");
}
/** The name of a job with its place (from 1) among those that it is split into; a job that is not split has no place. */
function shardName(job, place, total) {
	const split = place !== null && Number.isInteger(place) && Number(total) > 1 ? `${place}/${total}` : null;
	if (split !== null && job?.endsWith(split)) return job;
	return [job, split].filter((part) => part !== null).join(" ") || null;
}
/** A place that is counted from 0. */
function fromZero(index) {
	return index === null ? null : Number(index) + 1;
}
/** A ref without `refs/heads/`; null for a tag's or a pull request's. */
function branchOf(ref) {
	if (ref === null) return null;
	if (ref.startsWith("refs/heads/")) return ref.slice(11);
	return ref.startsWith("refs/") ? null : ref;
}
/** The name of a tag's ref; null for any other. */
function tagOf(ref) {
	return ref?.startsWith("refs/tags/") ? ref.slice(10) : null;
}
var init_ci_run = __esmMin((() => {}));
/**
* Azure Pipelines. `Build.SourceVersion` of a pull request is a merge: the head is `System.PullRequest.SourceCommitId`.
* Jobs that are retried keep the build and count `System.JobAttempt`. `Agent.JobName` is the configuration of a matrix.
*
* https://learn.microsoft.com/azure/devops/pipelines/build/variables
* https://learn.microsoft.com/azure/devops/pipelines/test/parallel-testing-any-test-runner
*/
function azureDevops(variable) {
	if (variable("TF_BUILD")?.toLowerCase() !== "true") return null;
	const build = variable("BUILD_BUILDID");
	const collection = (variable("SYSTEM_COLLECTIONURI") ?? variable("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"))?.replace(/\/*$/, "/");
	const project = variable("SYSTEM_TEAMPROJECT");
	const ref = variable("BUILD_SOURCEBRANCH");
	const configuration = variable("AGENT_JOBNAME");
	const job = [
		variable("SYSTEM_STAGENAME"),
		variable("SYSTEM_PHASENAME"),
		configuration
	].filter((part) => part !== null && !NO_CONFIGURATION.has(part)).filter((part, index, parts) => parts.indexOf(part) === index).join(" ");
	const place = variable("SYSTEM_JOBPOSITIONINPHASE");
	const located = collection !== void 0 && project !== null && build !== null;
	return {
		provider: "azure-devops",
		runKey: runKey("azure", build, variable("SYSTEM_JOBATTEMPT") ?? "1"),
		shard: shardName(job || null, place === null ? null : Number(place), variable("SYSTEM_TOTALJOBSINPHASE")),
		commit: variable("SYSTEM_PULLREQUEST_SOURCECOMMITID") ?? variable("BUILD_SOURCEVERSION"),
		branch: branchOf(variable("SYSTEM_PULLREQUEST_SOURCEBRANCH") ?? ref),
		tag: tagOf(ref),
		runUrl: located ? `${collection}${encodeURIComponent(project)}/_build/results?buildId=${build}` : null,
		runner: variable("AGENT_NAME")
	};
}
var NO_CONFIGURATION;
var init_azure_devops$1 = __esmMin((() => {
	init_ci_run();
	NO_CONFIGURATION = /* @__PURE__ */ new Set(["Job", "__default"]);
}));
/**
* Bitbucket Pipelines. A step that is run again stays in its pipeline and counts `BITBUCKET_STEP_RUN_NUMBER`. In a pull
* request's pipeline branch and commit are the source's. Steps have no name here, only their place in a parallel group.
*
* https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
*/
function bitbucket(variable) {
	const number = variable("BITBUCKET_BUILD_NUMBER");
	const repository = variable("BITBUCKET_REPO_FULL_NAME");
	if (number === null || repository === null) return null;
	const place = fromZero(variable("BITBUCKET_PARALLEL_STEP"));
	return {
		provider: "bitbucket",
		runKey: runKey("bitbucket", `${repository}-${number}`, variable("BITBUCKET_STEP_RUN_NUMBER") ?? "1"),
		shard: shardName(null, place, variable("BITBUCKET_PARALLEL_STEP_COUNT")),
		commit: variable("BITBUCKET_COMMIT"),
		branch: variable("BITBUCKET_BRANCH"),
		tag: variable("BITBUCKET_TAG"),
		runUrl: `https://bitbucket.org/${repository}/pipelines/results/${number}`,
		runner: null
	};
}
var init_bitbucket = __esmMin((() => {
	init_ci_run();
}));
/**
* Buildkite. A job that is retried stays in its build and counts `BUILDKITE_RETRY_COUNT`; a rebuild is another build.
* `BUILDKITE_COMMIT` may be the word HEAD, in a build that somebody started by hand.
*
* https://buildkite.com/docs/pipelines/configure/environment-variables
*/
function buildkite(variable) {
	if (variable("BUILDKITE") !== "true") return null;
	const tag = variable("BUILDKITE_TAG");
	const commit = variable("BUILDKITE_COMMIT");
	const job = variable("BUILDKITE_LABEL") ?? variable("BUILDKITE_STEP_KEY");
	return {
		provider: "buildkite",
		runKey: runKey("buildkite", variable("BUILDKITE_BUILD_ID"), fromZero(variable("BUILDKITE_RETRY_COUNT") ?? "0")),
		shard: shardName(job, fromZero(variable("BUILDKITE_PARALLEL_JOB")), variable("BUILDKITE_PARALLEL_JOB_COUNT")),
		commit: commit === "HEAD" ? null : commit,
		branch: tag === null ? variable("BUILDKITE_BRANCH") : null,
		tag,
		runUrl: variable("BUILDKITE_BUILD_URL"),
		runner: variable("BUILDKITE_AGENT_NAME")
	};
}
var init_buildkite$1 = __esmMin((() => {
	init_ci_run();
}));
/**
* CircleCI. A workflow that is rerun is another workflow, with another id. A pull request is built as its branch; the
* branch of one from a fork is called `pull/<number>`.
*
* https://circleci.com/docs/reference/variables/#built-in-environment-variables
*/
function circleci(variable) {
	if (variable("CIRCLECI") !== "true") return null;
	return {
		provider: "circleci",
		runKey: runKey("circleci", variable("CIRCLE_WORKFLOW_ID") ?? variable("CIRCLE_BUILD_NUM"), null),
		shard: shardName(variable("CIRCLE_JOB"), fromZero(variable("CIRCLE_NODE_INDEX")), variable("CIRCLE_NODE_TOTAL")),
		commit: variable("CIRCLE_SHA1"),
		branch: variable("CIRCLE_TAG") === null ? variable("CIRCLE_BRANCH") : null,
		tag: variable("CIRCLE_TAG"),
		runUrl: variable("CIRCLE_BUILD_URL"),
		runner: null
	};
}
var init_circleci = __esmMin((() => {
	init_ci_run();
}));
/**
* GitHub Actions. `GITHUB_SHA` of a pull request is a merge that nobody has: the head stands in the event's payload, as
* does the run whose results a `workflow_run` workflow reports. A job does not know its place in a matrix: action.yml
* gives it as `STRATEGY_JOB_INDEX` (from 0) and `STRATEGY_JOB_TOTAL`.
*
* https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
* https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
*/
function githubActions(variable) {
	if (variable("GITHUB_ACTIONS") !== "true") return null;
	const event = eventAt(variable("GITHUB_EVENT_PATH"));
	const reported = variable("GITHUB_EVENT_NAME") === "workflow_run" ? event.workflow_run : void 0;
	const head = event.pull_request?.head;
	const ref = variable("GITHUB_REF");
	const id = reported?.id === void 0 ? variable("GITHUB_RUN_ID") : String(reported.id);
	const attempt = reported === void 0 ? variable("GITHUB_RUN_ATTEMPT") : String(reported.run_attempt ?? 1);
	const run = `${variable("GITHUB_SERVER_URL")}/${variable("GITHUB_REPOSITORY")}/actions/runs/${id}`;
	const index = variable("STRATEGY_JOB_INDEX");
	return {
		provider: "github-actions",
		runKey: runKey("github", id, attempt ?? "1"),
		shard: shardName(variable("GITHUB_JOB"), index === null ? null : Number(index) + 1, variable("STRATEGY_JOB_TOTAL")),
		commit: reported?.head_sha ?? head?.sha ?? variable("GITHUB_SHA"),
		branch: reported?.head_branch ?? head?.ref ?? variable("GITHUB_HEAD_REF") ?? branchOf(ref),
		tag: reported === void 0 ? tagOf(ref) : null,
		runUrl: reported?.html_url ?? `${run}/attempts/${attempt ?? "1"}`,
		runner: variable("RUNNER_NAME")
	};
}
function eventAt(path) {
	if (path === null) return {};
	try {
		return JSON.parse(readFileSync(path, "utf8")) ?? {};
	} catch {
		return {};
	}
}
var init_github_actions$1 = __esmMin((() => {
	init_ci_run();
}));
/**
* GitLab CI/CD. A job that is retried stays in its pipeline and gets another id, and there is no count of attempts: the
* id is part of the shard, so that the results of the second attempt do not mix with those of the first. Of a merged
* results pipeline the head is `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA`, which is empty in other pipelines.
*
* https://docs.gitlab.com/ci/variables/predefined_variables/
*/
function gitlab(variable) {
	if (variable("GITLAB_CI") !== "true") return null;
	const index = variable("CI_NODE_INDEX");
	const job = shardName(variable("CI_JOB_NAME"), index === null ? null : Number(index), variable("CI_NODE_TOTAL"));
	const id = variable("CI_JOB_ID");
	return {
		provider: "gitlab",
		runKey: runKey("gitlab", variable("CI_PIPELINE_ID"), null),
		shard: [job, id === null ? null : `#${id}`].filter((part) => part !== null).join(" ") || null,
		commit: variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") ?? variable("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA") ?? variable("CI_COMMIT_SHA"),
		branch: variable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") ?? variable("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME") ?? variable("CI_COMMIT_BRANCH"),
		tag: variable("CI_COMMIT_TAG"),
		runUrl: variable("CI_PIPELINE_URL"),
		runner: variable("CI_RUNNER_DESCRIPTION")
	};
}
var init_gitlab = __esmMin((() => {
	init_ci_run();
}));
/**
* Jenkins. `BUILD_TAG` holds job and number, and each build is another: there are no attempts. `BRANCH_NAME` of a change
* request is arbitrary (`PR-7`), its branch is `CHANGE_BRANCH`. `GIT_COMMIT` and `GIT_BRANCH` are the Git plugin's; in a
* change request that is merged before it is built they are of the merge, and nothing names the head.
*
* https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables, and the controller's own
* /env-vars.html and /pipeline-syntax/globals; https://plugins.jenkins.io/git/#plugin-content-environment-variables
*/
function jenkins(variable) {
	if (variable("JENKINS_URL") === null || variable("BUILD_TAG") === null) return null;
	const tag = variable("TAG_NAME");
	const checkedOut = variable("GIT_LOCAL_BRANCH") ?? variable("GIT_BRANCH")?.replace(/^(?:refs\/heads\/|origin\/)/, "") ?? null;
	const detached = checkedOut === "detached" || checkedOut === "HEAD" ? null : checkedOut;
	const change = variable("CHANGE_ID") === null ? variable("BRANCH_NAME") : null;
	return {
		provider: "jenkins",
		runKey: runKey("jenkins", (variable("BUILD_TAG") ?? "").replace(/^jenkins-/, ""), null),
		shard: shardName(variable("STAGE_NAME"), null, null),
		commit: variable("GIT_COMMIT"),
		branch: tag === null ? variable("CHANGE_BRANCH") ?? change ?? detached : null,
		tag,
		runUrl: variable("BUILD_URL"),
		runner: variable("NODE_NAME")
	};
}
var init_jenkins = __esmMin((() => {
	init_ci_run();
}));
/** Asks Git where a directory stands; a shallow clone knows it as well. */
async function checkoutOf(directory) {
	const [commit, branch] = await Promise.all([git(directory, [
		"rev-parse",
		"--verify",
		"--quiet",
		"HEAD"
	]), git(directory, [
		"symbolic-ref",
		"--short",
		"--quiet",
		"HEAD"
	])]);
	return {
		commit,
		branch: commit === null ? null : branch
	};
}
function git(directory, args) {
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
	return new Promise((resolve) => {
		execFile("git", args, {
			cwd: directory,
			timeout: PATIENCE_MS$2,
			windowsHide: true,
			env
		}, (error, stdout) => resolve(error === null ? stdout.trim() || null : null));
	});
}
var PATIENCE_MS$2, PASSED_ON;
var init_git = __esmMin((() => {
	PATIENCE_MS$2 = 1e4;
	PASSED_ON = /^(?:PATH|PATHEXT|HOME|USERPROFILE|SYSTEMROOT|TEMP|TMP|LANG|GIT_[A-Z_]+)$/i;
}));
/** What the environment says of the run; null outside of the CI systems that are known. */
function detectCi(environment) {
	const variable = variablesOf(environment);
	for (const detect of DETECTORS) {
		const run = detect(variable);
		if (run !== null) return run;
	}
	return null;
}
/**
* The run that results belong to: what was said, else what the CI's environment says, else, of commit and branch, what
* Git says of the directory. What is detected is made to fit the server's limits; what was said is left as it is, so that
* who said it hears of it.
*/
async function describeRun(said, environment, directory) {
	const ci = detectCi(environment);
	const git = (said.commit ?? hexadecimal(ci?.commit)) === null || (said.branch ?? ci?.branch ?? ci?.tag ?? null) === null ? await checkoutOf(directory) : {
		commit: null,
		branch: null
	};
	const machine = {
		os: SYSTEMS[process.platform] ?? process.platform,
		arch: process.arch
	};
	const detected = Object.entries({
		runner: ci?.runner,
		tag: ci?.tag
	}).flatMap(([name, value]) => value ? [[name, value.slice(0, 500)]] : []);
	return {
		ciProvider: said.ciProvider ?? ci?.provider ?? null,
		runKey: said.runKey ?? (ci === null ? null : cutName(ci.runKey, 200)),
		shard: said.shard ?? (ci?.shard ? cutName(ci.shard, 100) : null),
		commitSha: said.commit ?? hexadecimal(ci?.commit) ?? hexadecimal(git.commit),
		branch: said.branch ?? bounded(ci?.branch ?? (ci?.tag ? null : git.branch), 500),
		runUrl: said.runUrl ?? address(ci?.runUrl),
		environment: {
			...machine,
			...Object.fromEntries(detected),
			...said.environment
		}
	};
}
function hexadecimal(commit) {
	return commit && /^[0-9a-f]{7,64}$/i.test(commit) ? commit.toLowerCase() : null;
}
function bounded(text, limit) {
	return text === null ? null : cutName(text, limit);
}
function address(url) {
	return url && /^https?:\/\/\S+$/.test(url) && url.length <= 2e3 ? url : null;
}
var DETECTORS, SYSTEMS;
var init_detect_run = __esmMin((() => {
	init_bounded_text();
	init_azure_devops$1();
	init_bitbucket();
	init_buildkite$1();
	init_ci_run();
	init_circleci();
	init_github_actions$1();
	init_gitlab();
	init_jenkins();
	init_git();
	DETECTORS = [
		githubActions,
		gitlab,
		azureDevops,
		circleci,
		buildkite,
		bitbucket,
		jenkins
	];
	SYSTEMS = {
		linux: "Linux",
		darwin: "macOS",
		win32: "Windows"
	};
}));
/**
* What comes from a report, as one line that a terminal and a CI's log show and do not obey: no control characters (which
* move the cursor, or open GitLab's sections), and none of the marks of commands, which GitHub Actions reads at the
* beginning of a line (`::`) or anywhere (`##[`), Azure Pipelines anywhere (`##vso[`), TeamCity likewise.
*/
function printable(text) {
	return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ").replace(/##(?=\[|vso\[|teamcity\[)/gi, "# #").replace(/^(\s*):(?=:)/, "$1: ").trim();
}
/** At most `limit` characters of it. */
function shortened(text, limit) {
	return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
function many(count, thing) {
	return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
var init_printable = __esmMin((() => {}));
/**
* Sends one mutation, once.
*
* @param body the request, JSON in UTF-8.
* @param read takes what is wanted from the answer's data.
* @param patienceMs how long it may take.
* @throws SendError with the server's sentence, or with why it could not be reached.
*/
async function sendMutation({ server, organization }, token, body, read, patienceMs) {
	let response;
	let answer;
	try {
		response = await fetch(new URL("/graphql", server), {
			method: "POST",
			headers: {
				authorization: `Bearer ${token}`,
				"content-type": "application/json",
				accept: "application/json",
				"user-agent": `defectxray-report/${VERSION$1}`,
				...organization === null ? {} : { "x-defectxray-organization": organization }
			},
			body,
			signal: AbortSignal.timeout(Math.max(1, Math.round(patienceMs))),
			redirect: "manual"
		});
		answer = await answerOf(response);
	} catch (error) {
		throw new SendError("UNREACHABLE", `${server.origin} cannot be reached (${reasonOf(error)}).`, true);
	}
	const [error] = answer?.errors ?? [];
	const isPassing = PASSING_STATUSES.has(response.status);
	if (error !== void 0) {
		const code = error.extensions?.code ?? "ERROR";
		const retryAfter = error.extensions?.retryAfter ?? retryAfterOf(response);
		throw new SendError(code, `${code}: ${error.message}`, isPassing || PASSING_CODES.has(code), retryAfter);
	}
	const value = answer?.data == null ? null : read(answer.data);
	if (value === void 0 || value === null) {
		const sentence = `${server.origin} answered with HTTP ${response.status} and no receipt: is it DefectXray?`;
		throw new SendError("NO_RECEIPT", sentence, isPassing, retryAfterOf(response));
	}
	return value;
}
/** The JSON of a response; null where it has none, or more than any answer is long. */
async function answerOf(response) {
	const chunks = [];
	let length = 0;
	for await (const chunk of response.body ?? []) {
		length += chunk.length;
		if (length > MAX_RESPONSE_BYTES) return null;
		chunks.push(chunk);
	}
	try {
		return JSON.parse(Buffer.concat(chunks).toString());
	} catch {
		return null;
	}
}
/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterOf(response) {
	const value = response.headers.get("retry-after")?.trim() ?? "";
	if (/^\d{1,9}$/.test(value)) return Number(value);
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, (date - Date.now()) / 1e3);
}
function reasonOf(error) {
	if (error.name === "TimeoutError") return "it did not answer in time";
	const cause = error.cause;
	return cause?.message || cause?.code || error.message;
}
var SendError, PASSING_CODES, PASSING_STATUSES, MAX_RESPONSE_BYTES;
var init_send_mutation = __esmMin((() => {
	SendError = class extends Error {
		name = "SendError";
		/** The server's code; `UNREACHABLE` where it could not be asked, `NO_RECEIPT` where something else answered. */
		code;
		/** In how many seconds the server asks to be asked again; null where it does not say. */
		retryAfter;
		/** Whether the same request may well be answered in a moment. */
		isPassing;
		constructor(code, message, isPassing, retryAfter = null) {
			super(message);
			this.code = code;
			this.isPassing = isPassing;
			this.retryAfter = retryAfter;
		}
	};
	PASSING_CODES = /* @__PURE__ */ new Set([
		"RATE_LIMITED",
		"UNAVAILABLE",
		"TIMEOUT"
	]);
	PASSING_STATUSES = /* @__PURE__ */ new Set([
		429,
		502,
		503,
		504
	]);
	MAX_RESPONSE_BYTES = 16e6;
}));
/**
* Repeats what fails for a reason that passes, until the deadline. It waits a random time of up to half a second, then of
* up to twice as long each time, up to 30 seconds (exponential backoff with full jitter), so that a server that comes
* back does not get all agents at once; and at least as long as the server asks for.
* https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
*
* @param attempt given how long it may take, in milliseconds.
* @throws SendError of the last attempt, where there is no time for another.
*/
async function withRetries(attempt, settings) {
	const { deadline, onWait, random = Math.random, wait = setTimeout } = settings;
	for (let count = 0;; count += 1) try {
		return await attempt(Math.min(LONGEST_ATTEMPT_MS, deadline.leftMs));
	} catch (error) {
		if (!(error instanceof SendError) || !error.isPassing) throw error;
		const jitter = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(count, 20));
		const waitMs = (error.retryAfter ?? 0) * 1e3 + jitter;
		if (waitMs >= deadline.leftMs) throw error;
		onWait(error, waitMs);
		await wait(waitMs);
	}
}
var FIRST_WAIT_MS, LONGEST_WAIT_MS, LONGEST_ATTEMPT_MS, Deadline;
var init_retry = __esmMin((() => {
	init_send_mutation();
	FIRST_WAIT_MS = 500;
	LONGEST_WAIT_MS = 3e4;
	LONGEST_ATTEMPT_MS = 12e4;
	Deadline = class {
		#at;
		#now;
		constructor(milliseconds, now = () => performance.now()) {
			this.#now = now;
			this.#at = now() + milliseconds;
		}
		get leftMs() {
			return Math.max(0, this.#at - this.#now());
		}
	};
}));
/**
* Says that a deployment has begun. The same again gives the same, so that it can be sent until it is answered.
*
* @throws SendError with the server's sentence, or with why it could not be reached.
*/
function sendStart(destination, token, input, patienceMs) {
	return sendMutation(destination, token, bodyOf$1(START, input), (data) => data.answer, patienceMs);
}
/**
* Says how a deployment ended; the same again changes nothing.
*
* @throws SendError with the server's sentence, or with why it could not be reached.
*/
function sendFinish(destination, token, input, patienceMs) {
	const read = (data) => data.answer?.deployment;
	return sendMutation(destination, token, bodyOf$1(FINISH, input), read, patienceMs);
}
function bodyOf$1(query, input) {
	return Buffer.from(JSON.stringify({
		query,
		variables: { input }
	}));
}
var FIELDS, START, FINISH;
var init_send_deployment = __esmMin((() => {
	init_send_mutation();
	FIELDS = "deployment { id version environment status deployedAt durationSeconds commitSha project { slug } }";
	START = `mutation StartDeployment($input: StartDeploymentInput!) { answer: startDeployment(input: $input) { isNew ${FIELDS} } }`;
	FINISH = `mutation FinishDeployment($input: FinishDeploymentInput!) { answer: finishDeployment(input: $input) { ${FIELDS} } }`;
}));
/**
* The address of a server, to which a credential may be sent: by https, whose certificate is verified whatever the
* environment says, or by http to this machine itself. There is no option to send a credential in the clear.
*
* @throws Error with a sentence that says what is wrong with it.
*/
function serverAddress(text) {
	let url;
	try {
		url = new URL(text);
	} catch {
		throw new Error(`The server's address "${text}" is none: it is written as https://defectxray.example.`);
	}
	if (url.protocol !== "https:" && url.protocol !== "http:") throw new Error(`The server's address "${text}" begins with ${url.protocol}: it is written as https://defectxray.example.`);
	if (url.username !== "" || url.password !== "") throw new Error("The server's address holds a user or a password: the credential goes into DEFECTXRAY_TOKEN.");
	if (url.protocol === "http:" && !isLoopback(url.hostname)) throw new Error(`${url.origin} would get the credential in the clear: use https, http is for this machine only.`);
	return url;
}
/** Whether a host is this machine: RFC 6761 (localhost), RFC 1122 (127.0.0.0/8), RFC 4291 (::1). */
function isLoopback(hostname) {
	return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
var init_server_address = __esmMin((() => {}));
/**
* Asks an endpoint for a token, once.
*
* @param field of the JSON answer in which the token stands.
* @throws Error with the status, without anything of the answer.
*/
async function askForToken(name, address, init, field) {
	serverAddress(address.href);
	let response;
	let answer;
	try {
		response = await fetch(address, {
			...init,
			signal: AbortSignal.timeout(PATIENCE_MS$1),
			redirect: "error"
		});
		answer = await response.json().catch(() => null);
	} catch {
		throw new TokenError(`${name} could not be asked for a token.`, true);
	}
	const token = answer?.[field];
	if (!response.ok || typeof token !== "string" || token === "") {
		const isPassing = response.status === 429 || response.status >= 500;
		throw new TokenError(`${name} gave no token (HTTP ${response.status}).`, isPassing);
	}
	return token;
}
var PATIENCE_MS$1, TokenError;
var init_token_source = __esmMin((() => {
	init_server_address();
	PATIENCE_MS$1 = 2e4;
	TokenError = class extends Error {
		name = "TokenError";
		/** Whether it may well be had in a moment. */
		isPassing;
		constructor(message, isPassing) {
			super(message);
			this.isPassing = isPassing;
		}
	};
}));
/**
* Azure Pipelines gives one to steps that map `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`. Its audience is always
* `api://AzureADTokenExchange`; with a service connection its subject is that connection, else the pipeline.
*
* https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
*/
function azureDevopsToken(variable, serviceConnection) {
	const [url, accessToken] = [variable("SYSTEM_OIDCREQUESTURI"), variable("SYSTEM_ACCESSTOKEN")];
	if (url === null || accessToken === null) return null;
	const name = "Azure DevOps";
	return {
		name,
		request() {
			const address = new URL(url);
			address.searchParams.set("api-version", "7.1");
			if (serviceConnection !== null) address.searchParams.set("serviceConnectionId", serviceConnection);
			const headers = {
				authorization: `Bearer ${accessToken}`,
				"content-type": "application/json",
				accept: "application/json"
			};
			return askForToken(name, address, {
				method: "POST",
				headers,
				body: ""
			}, "oidcToken");
		}
	};
}
var init_azure_devops = __esmMin((() => {
	init_token_source();
}));
/**
* Buildkite's agent prints one; it finds its own access token in the environment.
*
* https://buildkite.com/docs/agent/v3/cli-oidc
*/
function buildkiteToken(variable) {
	if (variable("BUILDKITE") !== "true" || variable("BUILDKITE_AGENT_ACCESS_TOKEN") === null) return null;
	return {
		name: "Buildkite",
		request(audience) {
			return new Promise((resolve, reject) => {
				execFile("buildkite-agent", [
					"oidc",
					"request-token",
					"--audience",
					audience
				], {
					timeout: PATIENCE_MS,
					windowsHide: true
				}, (error, stdout) => {
					const token = stdout.trim();
					if (error === null && token !== "") resolve(token);
					else reject(new TokenError(`buildkite-agent gave no token (${error?.code ?? "it printed nothing"}).`, false));
				});
			});
		}
	};
}
var PATIENCE_MS;
var init_buildkite = __esmMin((() => {
	init_token_source();
	PATIENCE_MS = 3e4;
}));
/**
* GitHub Actions gives one to jobs with `permissions: id-token: write`.
*
* https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
*/
function githubActionsToken(variable) {
	const [url, requestToken] = [variable("ACTIONS_ID_TOKEN_REQUEST_URL"), variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")];
	if (url === null || requestToken === null) return null;
	const name = "GitHub Actions";
	return {
		name,
		request(audience) {
			const address = new URL(url);
			address.searchParams.set("audience", audience);
			return askForToken(name, address, { headers: {
				authorization: `Bearer ${requestToken}`,
				accept: "application/json"
			} }, "value");
		}
	};
}
var init_github_actions = __esmMin((() => {
	init_token_source();
}));
function tokenInVariable(variable) {
	for (const source of VARIABLES) {
		const token = variable(source.variable);
		if (token !== null) return {
			name: source.name,
			request: async () => token
		};
	}
	return null;
}
var VARIABLES;
var init_variable = __esmMin((() => {
	VARIABLES = [
		(
		/**
		* Of GitLab, `id_tokens` of the job under this name: https://docs.gitlab.com/ci/secrets/id_token_authentication/. Of Jenkins,
		* a credential of the OpenID Connect Provider plugin, bound to it: https://plugins.jenkins.io/oidc-provider/
		*/
		{
			name: "DEFECTXRAY_ID_TOKEN",
			variable: "DEFECTXRAY_ID_TOKEN"
		}),
		(
		/** The audience is the organization's id: https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/ */
		{
			name: "CircleCI",
			variable: "CIRCLE_OIDC_TOKEN_V2"
		}),
		(
		/** Steps with `oidc: true`: https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/ */
		{
			name: "Bitbucket",
			variable: "BITBUCKET_STEP_OIDC_TOKEN"
		})
	];
}));
/** It would become part of a header, and of what the runtime says of a header that is none. */
function refuseBroken(token) {
	if (/^[!-~]+$/.test(token)) return;
	throw new Error("The credential holds characters that no credential has: copy it whole, and nothing else with it.");
}
/** By the token's own claim `exp` (RFC 7519), which nothing is trusted for; an API key never ends. */
function secondsLeft(token) {
	try {
		const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
		return typeof exp === "number" ? exp - Date.now() / 1e3 : Number.POSITIVE_INFINITY;
	} catch {
		return Number.POSITIVE_INFINITY;
	}
}
function howToGiveOne(variable) {
	const key = "set DEFECTXRAY_TOKEN, or give --token.";
	if (variable("GITHUB_ACTIONS") !== null) return `give the job "permissions: id-token: write", or ${key}`;
	if (variable("GITLAB_CI") !== null) return `give the job "id_tokens: DEFECTXRAY_ID_TOKEN", or ${key}`;
	if (variable("TF_BUILD") !== null) return `map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the step's env, or ${key}`;
	if (variable("BITBUCKET_BUILD_NUMBER") !== null) return `give the step "oidc: true", or ${key}`;
	return key;
}
var LEAST_LEFT_S, Credential;
var init_credential = __esmMin((() => {
	init_send_mutation();
	init_azure_devops();
	init_buildkite();
	init_github_actions();
	init_token_source();
	init_variable();
	LEAST_LEFT_S = 60;
	Credential = class Credential {
		#source;
		#audience;
		#token = null;
		constructor(source, audience) {
			this.#source = source;
			this.#audience = audience;
		}
		/**
		* Where the token comes from: what was given, else the CI's own.
		*
		* @throws Error with a sentence that says what to set.
		*/
		static find({ token, audience, serviceConnection, variable }) {
			if (token !== null) {
				refuseBroken(token);
				return new Credential({
					name: "DEFECTXRAY_TOKEN",
					request: async () => token
				}, audience);
			}
			const source = githubActionsToken(variable) ?? azureDevopsToken(variable, serviceConnection) ?? tokenInVariable(variable) ?? buildkiteToken(variable);
			if (source === null) throw new Error(`There is no credential: ${howToGiveOne(variable)}`);
			return new Credential(source, audience);
		}
		/**
		* A token that holds for a minute at least, as far as it says: CI systems give theirs for some minutes only, and a long
		* report outlives them.
		*
		* @throws SendError where there is none to be had.
		*/
		async token() {
			if (this.#token !== null && secondsLeft(this.#token) > LEAST_LEFT_S) return this.#token;
			try {
				const token = (await this.#source.request(this.#audience)).trim();
				refuseBroken(token);
				this.#token = token;
				return token;
			} catch (error) {
				throw new SendError("UNAUTHENTICATED", error.message, error instanceof TokenError && error.isPassing);
			}
		}
	};
}));
/**
* The connection that options ask for, from now on.
*
* @throws Error with a sentence that says what is wrong with the address.
*/
function connectionOf(options, onProblem) {
	const server = serverAddress(options.server);
	verifyCertificates(onProblem);
	return {
		server,
		organization: options.organization ?? null,
		credential: () => Credential.find({
			token: options.token ?? null,
			audience: options.audience ?? server.origin,
			serviceConnection: options.serviceConnection ?? null,
			variable: (name) => process.env[name]?.trim() || null
		}),
		deadline: new Deadline(options.timeout)
	};
}
/** Node.js would take any certificate for this variable's sake, of whoever stands between. */
function verifyCertificates(onProblem) {
	if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return;
	delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
	onProblem("NODE_TLS_REJECT_UNAUTHORIZED is ignored: certificates are verified; name one of your own in NODE_EXTRA_CA_CERTS.");
}
var init_connection_of = __esmMin((() => {
	init_credential();
	init_retry();
	init_server_address();
}));
function createOutput(json) {
	return {
		result(text, data) {
			process.stdout.write(json ? `${JSON.stringify(data)}\n` : `${text}\n`);
		},
		progress(text) {
			if (!json) process.stderr.write(`${text}\n`);
		},
		failure(text) {
			process.stderr.write(json ? `${JSON.stringify({ error: text })}\n` : `${text}\n`);
		},
		watched: process.stderr.isTTY && !json
	};
}
/** How far long work has come: one line that is rewritten on a terminal, a line a tenth elsewhere. */
function progressBar(output, what) {
	let tenths = -1;
	return (done, total) => {
		if (output.watched) {
			const filled = Math.round(20 * done / Math.max(total, 1));
			process.stderr.write(`\r${what} ${"█".repeat(filled)}${"░".repeat(20 - filled)} ${done}/${total}${done >= total ? "\n" : ""}`);
			return;
		}
		const now = Math.floor(10 * done / Math.max(total, 1));
		if (now !== tenths) output.progress(`${what}: ${done} of ${total}`);
		tenths = now;
	};
}
var CommandError;
var init_output = __esmMin((() => {
	CommandError = class extends Error {
		name = "CommandError";
		exitCode;
		constructor(message, exitCode = 1) {
			super(message);
			this.exitCode = exitCode;
		}
	};
}));
var deploy_exports = /* @__PURE__ */ __exportAll({
	finishDeployment: () => finishDeployment,
	startDeployment: () => startDeployment
});
/**
* Says that a version is being deployed. A record that cannot be made is said, and fails no deployment.
*
* @throws CommandError with exit code 2 where it cannot be made, with --strict.
*/
async function startDeployment(output, version, options) {
	const { commitSha } = await describeRun({ commit: options.commit }, process.env, process.cwd());
	const { project, environment, notes = null } = options;
	const input = {
		project,
		version,
		environment: environment.toUpperCase(),
		commitSha,
		notes
	};
	await say(output, options, async (destination, token, patienceMs) => {
		const { deployment, isNew } = await sendStart(destination, token, input, patienceMs);
		return {
			deployment,
			isNew,
			text: `${textOf$1(deployment)}${isNew ? "" : ", as it was before"}`
		};
	});
}
/**
* Says how a deployment ended, named by its id or by version, project and environment. A record that cannot be made is said,
* and fails no deployment.
*
* @throws CommandError with exit code 1 where it is not named, with 2 where the record cannot be made, with --strict.
*/
async function finishDeployment(output, version, options) {
	const { id = null, project = null, environment = null, notes = null } = options;
	const named = [
		version,
		project,
		environment
	].filter((value) => value != null).length;
	if (id === null ? named < 3 : named > 0) throw new CommandError("Say which deployment: either its version with --project and --environment, or --id.");
	const status = options.status.toUpperCase().replace("-", "_");
	const input = {
		id,
		project,
		version: version ?? null,
		environment: environment?.toUpperCase() ?? null,
		status,
		notes
	};
	await say(output, options, async (destination, token, patienceMs) => {
		const deployment = await sendFinish(destination, token, input, patienceMs);
		return {
			deployment,
			text: textOf$1(deployment)
		};
	});
}
async function say(output, options, send) {
	const problems = [];
	const onProblem = (sentence) => void problems.push(printable(sentence));
	let said = null;
	try {
		const connection = connectionOf(options, onProblem);
		const credential = connection.credential();
		said = await withRetries(async (patienceMs) => send(connection, await credential.token(), patienceMs), {
			deadline: connection.deadline,
			onWait: (error, waitMs) => output.progress(printable(`${error.message} Trying again in ${Math.max(1, Math.round(waitMs / 1e3))} s …`))
		});
	} catch (error) {
		onProblem(`The deployment was not recorded: ${error.message}`);
	}
	for (const problem of problems) output.progress(problem);
	if (said === null) output.result("Nothing was recorded.", {
		deployment: null,
		problems
	});
	else {
		const { text, ...document } = said;
		output.result(printable(text), {
			...document,
			problems
		});
	}
	if (options.strict === true && problems.length > 0) throw new CommandError(said === null ? "The deployment was not recorded, and --strict asks for it." : "There was a problem, and --strict asks for none.", 2);
}
function textOf$1({ id, version, environment, status, durationSeconds, project }) {
	const time = durationSeconds === null ? "" : ` after ${durationSeconds} s`;
	return `${project?.slug ?? "project"} ${version} to ${environment.toLowerCase()}: ${status.toLowerCase().replace("_", " ")}${time} (${id})`;
}
var init_deploy = __esmMin((() => {
	init_detect_run();
	init_printable();
	init_retry();
	init_send_deployment();
	init_connection_of();
	init_output();
}));
const ENVIRONMENTS = [
	"production",
	"staging",
	"development"
];
const OUTCOMES$1 = [
	"success",
	"failed",
	"rolled-back"
];
/** Describes `deploy start` and `deploy finish` on a command: `defectxray deploy`, or that of the agent that is a file of its own. */
function describeDeploy(command, output) {
	command.description("say that CI deploys a version, and how that ended");
	const start = command.command("start").description("say that a version is being deployed; while it is, the same again changes nothing").argument("<version>", "the version that is deployed", version).requiredOption("--project <slug>", "the project that is deployed").addOption(environment$1().makeOptionMandatory()).option("--commit <sha>", "the commit that is deployed; as the CI says, else Git");
	const finish = command.command("finish").description("say how a deployment ended, or that it was rolled back; the same again changes nothing").argument("[version]", "the version that was deployed; or --id", version).option("--project <slug>", "the project that was deployed").addOption(environment$1()).option("--id <uuid>", "the deployment, as start prints it, in place of version, project and environment").addOption(new Option("--status <outcome>", "how it ended").choices(OUTCOMES$1).makeOptionMandatory());
	for (const each of [start, finish]) describeServer(each.option("--notes <text>", "what there is to say of it")).option("--strict", "exit with 2 where it cannot be said; without it a deployment never fails for its record");
	start.action(async (given, options) => (await Promise.resolve().then(() => (init_deploy(), deploy_exports))).startDeployment(output, given, options));
	finish.action(async (given, options) => (await Promise.resolve().then(() => (init_deploy(), deploy_exports))).finishDeployment(output, given, options));
	return command;
}
function environment$1() {
	return new Option("--environment <name>", "where it is deployed to").choices(ENVIRONMENTS);
}
function version(value) {
	if (value.trim() === "" || value.length > 200) throw new InvalidArgumentError("It must have 1 to 200 characters.");
	return value;
}
var SEVERITIES;
var init_receipt = __esmMin((() => {
	SEVERITIES = [
		"low",
		"medium",
		"high",
		"critical"
	];
}));
init_receipt();
/** The formats that are read. */
const REPORT_FORMATS = [
	"junit",
	"ctrf",
	"trx",
	"tap"
];
var LOAD, ExecutionNumbers;
var init_execution_numbers = __esmMin((() => {
	LOAD = .8;
	ExecutionNumbers = class {
		#tags;
		#counts;
		#places;
		#used = 0;
		/** @param results how many will be numbered at most. */
		constructor(results) {
			this.#places = Math.ceil(results / LOAD) + 1;
			this.#tags = new Uint32Array(this.#places);
			this.#counts = new Uint16Array(this.#places);
		}
		/**
		* Which execution of its test this is: "1", "2", …; from the 65,535th on they share a number.
		*
		* @throws Error where there are more results than there were to be.
		*/
		next({ framework, suite, name, parameters }) {
			const identity = hash("sha256", JSON.stringify([
				framework,
				suite,
				name,
				parameters
			]), "buffer");
			const tag = identity.readUInt32LE(0);
			let place = identity.readUInt32LE(4) % this.#places;
			while (this.#counts[place] !== 0 && this.#tags[place] !== tag) place = (place + 1) % this.#places;
			if (this.#counts[place] === 0 && (this.#used += 1) === this.#places) throw new Error("The report has grown while it was read.");
			this.#tags[place] = tag;
			const count = Math.min((this.#counts[place] ?? 0) + 1, 65535);
			this.#counts[place] = count;
			return String(count);
		}
	};
}));
/** The same items in the same order, the next of which is already being made while one is used, and no more than that. */
async function* oneAhead(items) {
	try {
		for (let next = items.next();;) {
			const step = await next;
			if (step.done === true) return;
			next = items.next();
			next.catch(() => {});
			yield step.value;
		}
	} finally {
		await items.return(void 0);
	}
}
var init_one_ahead = __esmMin((() => {}));
function cleanPath(path) {
	let normalized = normalize(path);
	if (normalized.length > 1 && normalized[normalized.length - 1] === sep) normalized = normalized.substring(0, normalized.length - 1);
	return normalized;
}
function convertSlashes(path, separator) {
	return path.replace(SLASHES_REGEX, separator);
}
function isRootDirectory(path) {
	return path === "/" || WINDOWS_ROOT_DIR_REGEX.test(path);
}
function normalizePath(path, options) {
	const { resolvePaths, normalizePath: normalizePath$1, pathSeparator } = options;
	const pathNeedsCleaning = process.platform === "win32" && path.includes("/") || path.startsWith(".");
	if (resolvePaths) path = resolve$1(path);
	if (normalizePath$1 || pathNeedsCleaning) path = cleanPath(path);
	if (path === ".") return "";
	return convertSlashes(path[path.length - 1] !== pathSeparator ? path + pathSeparator : path, pathSeparator);
}
function joinPathWithBasePath(filename, directoryPath) {
	return directoryPath + filename;
}
function joinPathWithRelativePath(root, options) {
	return function(filename, directoryPath) {
		if (directoryPath.startsWith(root)) return directoryPath.slice(root.length) + filename;
		else return convertSlashes(relative(root, directoryPath), options.pathSeparator) + options.pathSeparator + filename;
	};
}
function joinPath(filename) {
	return filename;
}
function joinDirectoryPath(filename, directoryPath, separator) {
	return directoryPath + filename + separator;
}
function build$7(root, options) {
	const { relativePaths, includeBasePath } = options;
	return relativePaths && root ? joinPathWithRelativePath(root, options) : includeBasePath ? joinPathWithBasePath : joinPath;
}
function pushDirectoryWithRelativePath(root) {
	return function(directoryPath, paths) {
		paths.push(directoryPath.substring(root.length) || ".");
	};
}
function pushDirectoryFilterWithRelativePath(root) {
	return function(directoryPath, paths, filters) {
		const relativePath = directoryPath.substring(root.length) || ".";
		if (filters.every((filter) => filter(relativePath, true))) paths.push(relativePath);
	};
}
function build$6(root, options) {
	const { includeDirs, filters, relativePaths } = options;
	if (!includeDirs) return empty$2;
	if (relativePaths) return filters && filters.length ? pushDirectoryFilterWithRelativePath(root) : pushDirectoryWithRelativePath(root);
	return filters && filters.length ? pushDirectoryFilter : pushDirectory;
}
function build$5(options) {
	const { excludeFiles, filters, onlyCounts } = options;
	if (excludeFiles) return empty$1;
	if (filters && filters.length) return onlyCounts ? pushFileFilterAndCount : pushFileFilter;
	else if (onlyCounts) return pushFileCount;
	else return pushFile;
}
function build$4(options) {
	return options.group ? getArrayGroup : getArray;
}
function build$3(options) {
	return options.group ? groupFiles : empty;
}
function build$2(options, isSynchronous) {
	if (!options.resolveSymlinks || options.excludeSymlinks) return null;
	return isSynchronous ? resolveSymlinks : resolveSymlinksAsync;
}
function isRecursive(path, resolved, state) {
	if (state.options.useRealPaths) return isRecursiveUsingRealPaths(resolved, state);
	let parent = dirname(path);
	let depth = 1;
	while (parent !== state.root && depth < 2) {
		const resolvedPath = state.symlinks.get(parent);
		if (!!resolvedPath && (resolvedPath === resolved || resolvedPath.startsWith(resolved) || resolved.startsWith(resolvedPath))) depth++;
		else parent = dirname(parent);
	}
	state.symlinks.set(path, resolved);
	return depth > 1;
}
function isRecursiveUsingRealPaths(resolved, state) {
	return state.visited.includes(resolved + state.options.pathSeparator);
}
function report$2(error, callback$1, output, suppressErrors) {
	if (error && !suppressErrors) callback$1(error, output);
	else callback$1(null, output);
}
function build$1(options, isSynchronous) {
	const { onlyCounts, group, maxFiles } = options;
	if (onlyCounts) return isSynchronous ? onlyCountsSync : onlyCountsAsync;
	else if (group) return isSynchronous ? groupsSync : groupsAsync;
	else if (maxFiles) return isSynchronous ? limitFilesSync : limitFilesAsync;
	else return isSynchronous ? defaultSync : defaultAsync;
}
function build(isSynchronous) {
	return isSynchronous ? walkSync : walkAsync;
}
function promise(root, options) {
	return new Promise((resolve$1, reject) => {
		callback(root, options, (err, output) => {
			if (err) return reject(err);
			resolve$1(output);
		});
	});
}
function callback(root, options, callback$1) {
	new Walker(root, options, callback$1).start();
}
function sync(root, options) {
	return new Walker(root, options).start();
}
var SLASHES_REGEX, WINDOWS_ROOT_DIR_REGEX, pushDirectory, pushDirectoryFilter, empty$2, pushFileFilterAndCount, pushFileFilter, pushFileCount, pushFile, empty$1, getArray, getArrayGroup, groupFiles, empty, resolveSymlinksAsync, resolveSymlinks, onlyCountsSync, groupsSync, defaultSync, limitFilesSync, onlyCountsAsync, defaultAsync, limitFilesAsync, groupsAsync, readdirOpts, walkAsync, walkSync, Queue, Counter, Aborter, Walker, APIBuilder, pm, Builder;
var init_dist$1 = __esmMin((() => {
	SLASHES_REGEX = /[\\/]/g;
	WINDOWS_ROOT_DIR_REGEX = /^[a-z]:[\\/]$/i;
	pushDirectory = (directoryPath, paths) => {
		paths.push(directoryPath || ".");
	};
	pushDirectoryFilter = (directoryPath, paths, filters) => {
		const path = directoryPath || ".";
		if (filters.every((filter) => filter(path, true))) paths.push(path);
	};
	empty$2 = () => {};
	pushFileFilterAndCount = (filename, _paths, counts, filters) => {
		if (filters.every((filter) => filter(filename, false))) counts.files++;
	};
	pushFileFilter = (filename, paths, _counts, filters) => {
		if (filters.every((filter) => filter(filename, false))) paths.push(filename);
	};
	pushFileCount = (_filename, _paths, counts, _filters) => {
		counts.files++;
	};
	pushFile = (filename, paths) => {
		paths.push(filename);
	};
	empty$1 = () => {};
	getArray = (paths) => {
		return paths;
	};
	getArrayGroup = () => {
		return [""].slice(0, 0);
	};
	groupFiles = (groups, directory, files) => {
		groups.push({
			directory,
			files,
			dir: directory
		});
	};
	empty = () => {};
	resolveSymlinksAsync = function(path, state, callback$1) {
		const { queue, fs, options: { suppressErrors } } = state;
		queue.enqueue();
		fs.realpath(path, (error, resolvedPath) => {
			if (error) return queue.dequeue(suppressErrors ? null : error, state);
			fs.stat(resolvedPath, (error$1, stat) => {
				if (error$1) return queue.dequeue(suppressErrors ? null : error$1, state);
				if (stat.isDirectory() && isRecursive(path, resolvedPath, state)) return queue.dequeue(null, state);
				callback$1(stat, resolvedPath);
				queue.dequeue(null, state);
			});
		});
	};
	resolveSymlinks = function(path, state, callback$1) {
		const { queue, fs, options: { suppressErrors } } = state;
		queue.enqueue();
		try {
			const resolvedPath = fs.realpathSync(path);
			const stat = fs.statSync(resolvedPath);
			if (stat.isDirectory() && isRecursive(path, resolvedPath, state)) return;
			callback$1(stat, resolvedPath);
		} catch (e) {
			if (!suppressErrors) throw e;
		}
	};
	onlyCountsSync = (state) => {
		return state.counts;
	};
	groupsSync = (state) => {
		return state.groups;
	};
	defaultSync = (state) => {
		return state.paths;
	};
	limitFilesSync = (state) => {
		return state.paths.slice(0, state.options.maxFiles);
	};
	onlyCountsAsync = (state, error, callback$1) => {
		report$2(error, callback$1, state.counts, state.options.suppressErrors);
		return null;
	};
	defaultAsync = (state, error, callback$1) => {
		report$2(error, callback$1, state.paths, state.options.suppressErrors);
		return null;
	};
	limitFilesAsync = (state, error, callback$1) => {
		report$2(error, callback$1, state.paths.slice(0, state.options.maxFiles), state.options.suppressErrors);
		return null;
	};
	groupsAsync = (state, error, callback$1) => {
		report$2(error, callback$1, state.groups, state.options.suppressErrors);
		return null;
	};
	readdirOpts = { withFileTypes: true };
	walkAsync = (state, crawlPath, directoryPath, currentDepth, callback$1) => {
		state.queue.enqueue();
		if (currentDepth < 0) return state.queue.dequeue(null, state);
		const { fs } = state;
		state.visited.push(crawlPath);
		state.counts.directories++;
		fs.readdir(crawlPath || ".", readdirOpts, (error, entries = []) => {
			callback$1(entries, directoryPath, currentDepth);
			state.queue.dequeue(state.options.suppressErrors ? null : error, state);
		});
	};
	walkSync = (state, crawlPath, directoryPath, currentDepth, callback$1) => {
		const { fs } = state;
		if (currentDepth < 0) return;
		state.visited.push(crawlPath);
		state.counts.directories++;
		let entries = [];
		try {
			entries = fs.readdirSync(crawlPath || ".", readdirOpts);
		} catch (e) {
			if (!state.options.suppressErrors) throw e;
		}
		callback$1(entries, directoryPath, currentDepth);
	};
	Queue = class {
		count = 0;
		constructor(onQueueEmpty) {
			this.onQueueEmpty = onQueueEmpty;
		}
		enqueue() {
			this.count++;
			return this.count;
		}
		dequeue(error, output) {
			if (this.onQueueEmpty && (--this.count <= 0 || error)) {
				this.onQueueEmpty(error, output);
				if (error) {
					output.controller.abort();
					this.onQueueEmpty = void 0;
				}
			}
		}
	};
	Counter = class {
		_files = 0;
		_directories = 0;
		set files(num) {
			this._files = num;
		}
		get files() {
			return this._files;
		}
		set directories(num) {
			this._directories = num;
		}
		get directories() {
			return this._directories;
		}
		/**
		* @deprecated use `directories` instead
		*/
		/* c8 ignore next 3 */
		get dirs() {
			return this._directories;
		}
	};
	Aborter = class {
		aborted = false;
		abort() {
			this.aborted = true;
		}
	};
	Walker = class {
		root;
		isSynchronous;
		state;
		joinPath;
		pushDirectory;
		pushFile;
		getArray;
		groupFiles;
		resolveSymlink;
		walkDirectory;
		callbackInvoker;
		constructor(root, options, callback$1) {
			this.isSynchronous = !callback$1;
			this.callbackInvoker = build$1(options, this.isSynchronous);
			this.root = normalizePath(root, options);
			this.state = {
				root: isRootDirectory(this.root) ? this.root : this.root.slice(0, -1),
				paths: [""].slice(0, 0),
				groups: [],
				counts: new Counter(),
				options,
				queue: new Queue((error, state) => this.callbackInvoker(state, error, callback$1)),
				symlinks: /* @__PURE__ */ new Map(),
				visited: [""].slice(0, 0),
				controller: new Aborter(),
				fs: options.fs || nativeFs
			};
			this.joinPath = build$7(this.root, options);
			this.pushDirectory = build$6(this.root, options);
			this.pushFile = build$5(options);
			this.getArray = build$4(options);
			this.groupFiles = build$3(options);
			this.resolveSymlink = build$2(options, this.isSynchronous);
			this.walkDirectory = build(this.isSynchronous);
		}
		start() {
			this.pushDirectory(this.root, this.state.paths, this.state.options.filters);
			this.walkDirectory(this.state, this.root, this.root, this.state.options.maxDepth, this.walk);
			return this.isSynchronous ? this.callbackInvoker(this.state, null) : null;
		}
		walk = (entries, directoryPath, depth) => {
			const { paths, options: { filters, resolveSymlinks: resolveSymlinks$1, excludeSymlinks, exclude, maxFiles, signal, useRealPaths, pathSeparator }, controller } = this.state;
			if (controller.aborted || signal && signal.aborted || maxFiles && paths.length > maxFiles) return;
			const files = this.getArray(this.state.paths);
			for (let i = 0; i < entries.length; ++i) {
				const entry = entries[i];
				if (entry.isFile() || entry.isSymbolicLink() && !resolveSymlinks$1 && !excludeSymlinks) {
					const filename = this.joinPath(entry.name, directoryPath);
					this.pushFile(filename, files, this.state.counts, filters);
				} else if (entry.isDirectory()) {
					let path = joinDirectoryPath(entry.name, directoryPath, this.state.options.pathSeparator);
					if (exclude && exclude(entry.name, path)) continue;
					this.pushDirectory(path, paths, filters);
					this.walkDirectory(this.state, path, path, depth - 1, this.walk);
				} else if (this.resolveSymlink && entry.isSymbolicLink()) {
					let path = joinPathWithBasePath(entry.name, directoryPath);
					this.resolveSymlink(path, this.state, (stat, resolvedPath) => {
						if (stat.isDirectory()) {
							resolvedPath = normalizePath(resolvedPath, this.state.options);
							if (exclude && exclude(entry.name, useRealPaths ? resolvedPath : path + pathSeparator)) return;
							this.walkDirectory(this.state, resolvedPath, useRealPaths ? resolvedPath : path + pathSeparator, depth - 1, this.walk);
						} else {
							resolvedPath = useRealPaths ? resolvedPath : path;
							const filename = basename(resolvedPath);
							const directoryPath$1 = normalizePath(dirname(resolvedPath), this.state.options);
							resolvedPath = this.joinPath(filename, directoryPath$1);
							this.pushFile(resolvedPath, files, this.state.counts, filters);
						}
					});
				}
			}
			this.groupFiles(this.state.groups, directoryPath, files);
		};
	};
	APIBuilder = class {
		constructor(root, options) {
			this.root = root;
			this.options = options;
		}
		withPromise() {
			return promise(this.root, this.options);
		}
		withCallback(cb) {
			callback(this.root, this.options, cb);
		}
		sync() {
			return sync(this.root, this.options);
		}
	};
	pm = null;
	/* c8 ignore next 6 */
	try {
		pm = null;
	} catch {}
	Builder = class {
		globCache = {};
		options = {
			maxDepth: Infinity,
			suppressErrors: true,
			pathSeparator: sep,
			filters: []
		};
		globFunction;
		constructor(options) {
			this.options = {
				...this.options,
				...options
			};
			this.globFunction = this.options.globFunction;
		}
		group() {
			this.options.group = true;
			return this;
		}
		withPathSeparator(separator) {
			this.options.pathSeparator = separator;
			return this;
		}
		withBasePath() {
			this.options.includeBasePath = true;
			return this;
		}
		withRelativePaths() {
			this.options.relativePaths = true;
			return this;
		}
		withDirs() {
			this.options.includeDirs = true;
			return this;
		}
		withMaxDepth(depth) {
			this.options.maxDepth = depth;
			return this;
		}
		withMaxFiles(limit) {
			this.options.maxFiles = limit;
			return this;
		}
		withFullPaths() {
			this.options.resolvePaths = true;
			this.options.includeBasePath = true;
			return this;
		}
		withErrors() {
			this.options.suppressErrors = false;
			return this;
		}
		withSymlinks({ resolvePaths = true } = {}) {
			this.options.resolveSymlinks = true;
			this.options.useRealPaths = resolvePaths;
			return this.withFullPaths();
		}
		withAbortSignal(signal) {
			this.options.signal = signal;
			return this;
		}
		normalize() {
			this.options.normalizePath = true;
			return this;
		}
		filter(predicate) {
			this.options.filters.push(predicate);
			return this;
		}
		onlyDirs() {
			this.options.excludeFiles = true;
			this.options.includeDirs = true;
			return this;
		}
		exclude(predicate) {
			this.options.exclude = predicate;
			return this;
		}
		onlyCounts() {
			this.options.onlyCounts = true;
			return this;
		}
		crawl(root) {
			return new APIBuilder(root || ".", this.options);
		}
		withGlobFunction(fn) {
			this.globFunction = fn;
			return this;
		}
		/**
		* @deprecated Pass options using the constructor instead:
		* ```ts
		* new fdir(options).crawl("/path/to/root");
		* ```
		* This method will be removed in v7.0
		*/
		/* c8 ignore next 4 */
		crawlWithOptions(root, options) {
			this.options = {
				...this.options,
				...options
			};
			return new APIBuilder(root || ".", this.options);
		}
		glob(...patterns) {
			if (this.globFunction) return this.globWithOptions(patterns);
			return this.globWithOptions(patterns, ...[{ dot: true }]);
		}
		globWithOptions(patterns, ...options) {
			const globFn = this.globFunction || pm;
			/* c8 ignore next 5 */
			if (!globFn) throw new Error("Please specify a glob function to use glob matching.");
			var isMatch = this.globCache[patterns.join("\0")];
			if (!isMatch) {
				isMatch = globFn(patterns, ...options);
				this.globCache[patterns.join("\0")] = isMatch;
			}
			this.options.filters.push((path) => isMatch(path));
			return this;
		}
	};
}));
var require_constants = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const WIN_SLASH = "\\\\/";
	const WIN_NO_SLASH = `[^${WIN_SLASH}]`;
	const DEFAULT_MAX_EXTGLOB_RECURSION = 0;
	/**
	* Posix glob regex
	*/
	const DOT_LITERAL = "\\.";
	const PLUS_LITERAL = "\\+";
	const QMARK_LITERAL = "\\?";
	const SLASH_LITERAL = "\\/";
	const ONE_CHAR = "(?=.)";
	const QMARK = "[^/]";
	const END_ANCHOR = `(?:${SLASH_LITERAL}|$)`;
	const START_ANCHOR = `(?:^|${SLASH_LITERAL})`;
	const DOTS_SLASH = `${DOT_LITERAL}{1,2}${END_ANCHOR}`;
	const POSIX_CHARS = {
		DOT_LITERAL,
		PLUS_LITERAL,
		QMARK_LITERAL,
		SLASH_LITERAL,
		ONE_CHAR,
		QMARK,
		END_ANCHOR,
		DOTS_SLASH,
		NO_DOT: `(?!${DOT_LITERAL})`,
		NO_DOTS: `(?!${START_ANCHOR}${DOTS_SLASH})`,
		NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}${END_ANCHOR})`,
		NO_DOTS_SLASH: `(?!${DOTS_SLASH})`,
		QMARK_NO_DOT: `[^.${SLASH_LITERAL}]`,
		STAR: `${QMARK}*?`,
		START_ANCHOR,
		SEP: "/"
	};
	/**
	* Windows glob regex
	*/
	const WINDOWS_CHARS = {
		...POSIX_CHARS,
		SLASH_LITERAL: `[${WIN_SLASH}]`,
		QMARK: WIN_NO_SLASH,
		STAR: `${WIN_NO_SLASH}*?`,
		DOTS_SLASH: `${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$)`,
		NO_DOT: `(?!${DOT_LITERAL})`,
		NO_DOTS: `(?!(?:^|[${WIN_SLASH}])${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
		NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}(?:[${WIN_SLASH}]|$))`,
		NO_DOTS_SLASH: `(?!${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
		QMARK_NO_DOT: `[^.${WIN_SLASH}]`,
		START_ANCHOR: `(?:^|[${WIN_SLASH}])`,
		END_ANCHOR: `(?:[${WIN_SLASH}]|$)`,
		SEP: "\\"
	};
	module.exports = {
		DEFAULT_MAX_EXTGLOB_RECURSION,
		MAX_LENGTH: 65536,
		POSIX_REGEX_SOURCE: {
			__proto__: null,
			alnum: "a-zA-Z0-9",
			alpha: "a-zA-Z",
			ascii: "\\x00-\\x7F",
			blank: " \\t",
			cntrl: "\\x00-\\x1F\\x7F",
			digit: "0-9",
			graph: "\\x21-\\x7E",
			lower: "a-z",
			print: "\\x20-\\x7E ",
			punct: "\\-!\"#$%&'()\\*+,./:;<=>?@[\\]^_`{|}~",
			space: " \\t\\r\\n\\v\\f",
			upper: "A-Z",
			word: "A-Za-z0-9_",
			xdigit: "A-Fa-f0-9"
		},
		REGEX_BACKSLASH: /\\(?![*+?^${}(|)[\]])/g,
		REGEX_NON_SPECIAL_CHARS: /^[^@![\].,$*+?^{}()|\\/]+/,
		REGEX_SPECIAL_CHARS: /[-*+?.^${}(|)[\]]/,
		REGEX_SPECIAL_CHARS_BACKREF: /(\\?)((\W)(\3*))/g,
		REGEX_SPECIAL_CHARS_GLOBAL: /([-*+?.^${}(|)[\]])/g,
		REGEX_REMOVE_BACKSLASH: /(?:\[.*?[^\\]\]|\\(?=.))/g,
		REPLACEMENTS: {
			__proto__: null,
			"***": "*",
			"**/**": "**",
			"**/**/**": "**"
		},
		CHAR_0: 48,
		CHAR_9: 57,
		CHAR_UPPERCASE_A: 65,
		CHAR_LOWERCASE_A: 97,
		CHAR_UPPERCASE_Z: 90,
		CHAR_LOWERCASE_Z: 122,
		CHAR_LEFT_PARENTHESES: 40,
		CHAR_RIGHT_PARENTHESES: 41,
		CHAR_ASTERISK: 42,
		CHAR_AMPERSAND: 38,
		CHAR_AT: 64,
		CHAR_BACKWARD_SLASH: 92,
		CHAR_CARRIAGE_RETURN: 13,
		CHAR_CIRCUMFLEX_ACCENT: 94,
		CHAR_COLON: 58,
		CHAR_COMMA: 44,
		CHAR_DOT: 46,
		CHAR_DOUBLE_QUOTE: 34,
		CHAR_EQUAL: 61,
		CHAR_EXCLAMATION_MARK: 33,
		CHAR_FORM_FEED: 12,
		CHAR_FORWARD_SLASH: 47,
		CHAR_GRAVE_ACCENT: 96,
		CHAR_HASH: 35,
		CHAR_HYPHEN_MINUS: 45,
		CHAR_LEFT_ANGLE_BRACKET: 60,
		CHAR_LEFT_CURLY_BRACE: 123,
		CHAR_LEFT_SQUARE_BRACKET: 91,
		CHAR_LINE_FEED: 10,
		CHAR_NO_BREAK_SPACE: 160,
		CHAR_PERCENT: 37,
		CHAR_PLUS: 43,
		CHAR_QUESTION_MARK: 63,
		CHAR_RIGHT_ANGLE_BRACKET: 62,
		CHAR_RIGHT_CURLY_BRACE: 125,
		CHAR_RIGHT_SQUARE_BRACKET: 93,
		CHAR_SEMICOLON: 59,
		CHAR_SINGLE_QUOTE: 39,
		CHAR_SPACE: 32,
		CHAR_TAB: 9,
		CHAR_UNDERSCORE: 95,
		CHAR_VERTICAL_LINE: 124,
		CHAR_ZERO_WIDTH_NOBREAK_SPACE: 65279,
		/**
		* Create EXTGLOB_CHARS
		*/
		extglobChars(chars) {
			return {
				"!": {
					type: "negate",
					open: "(?:(?!(?:",
					close: `))${chars.STAR})`
				},
				"?": {
					type: "qmark",
					open: "(?:",
					close: ")?"
				},
				"+": {
					type: "plus",
					open: "(?:",
					close: ")+"
				},
				"*": {
					type: "star",
					open: "(?:",
					close: ")*"
				},
				"@": {
					type: "at",
					open: "(?:",
					close: ")"
				}
			};
		},
		/**
		* Create GLOB_CHARS
		*/
		globChars(win32) {
			return win32 === true ? WINDOWS_CHARS : POSIX_CHARS;
		}
	};
}));
var require_utils = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { REGEX_BACKSLASH, REGEX_REMOVE_BACKSLASH, REGEX_SPECIAL_CHARS, REGEX_SPECIAL_CHARS_GLOBAL } = require_constants();
	exports.isObject = (val) => val !== null && typeof val === "object" && !Array.isArray(val);
	exports.hasRegexChars = (str) => REGEX_SPECIAL_CHARS.test(str);
	exports.isRegexChar = (str) => str.length === 1 && exports.hasRegexChars(str);
	exports.escapeRegex = (str) => str.replace(REGEX_SPECIAL_CHARS_GLOBAL, "\\$1");
	exports.toPosixSlashes = (str) => str.replace(REGEX_BACKSLASH, "/");
	exports.isWindows = () => {
		if (typeof navigator !== "undefined" && navigator.platform) {
			const platform = navigator.platform.toLowerCase();
			return platform === "win32" || platform === "windows";
		}
		if (typeof process !== "undefined" && process.platform) return process.platform === "win32";
		return false;
	};
	exports.removeBackslashes = (str) => {
		return str.replace(REGEX_REMOVE_BACKSLASH, (match) => {
			return match === "\\" ? "" : match;
		});
	};
	exports.escapeLast = (input, char, lastIdx) => {
		const idx = input.lastIndexOf(char, lastIdx);
		if (idx === -1) return input;
		if (input[idx - 1] === "\\") return exports.escapeLast(input, char, idx - 1);
		return `${input.slice(0, idx)}\\${input.slice(idx)}`;
	};
	exports.removePrefix = (input, state = {}) => {
		let output = input;
		if (output.startsWith("./")) {
			output = output.slice(2);
			state.prefix = "./";
		}
		return output;
	};
	exports.wrapOutput = (input, state = {}, options = {}) => {
		let output = `${options.contains ? "" : "^"}(?:${input})${options.contains ? "" : "$"}`;
		if (state.negated === true) output = `(?:^(?!${output}).*$)`;
		return output;
	};
	exports.basename = (path, { windows } = {}) => {
		const segs = path.split(windows ? /[\\/]/ : "/");
		const last = segs[segs.length - 1];
		if (last === "") return segs[segs.length - 2];
		return last;
	};
}));
var require_scan = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const utils = require_utils();
	const { CHAR_ASTERISK, CHAR_AT, CHAR_BACKWARD_SLASH, CHAR_COMMA, CHAR_DOT, CHAR_EXCLAMATION_MARK, CHAR_FORWARD_SLASH, CHAR_LEFT_CURLY_BRACE, CHAR_LEFT_PARENTHESES, CHAR_LEFT_SQUARE_BRACKET, CHAR_PLUS, CHAR_QUESTION_MARK, CHAR_RIGHT_CURLY_BRACE, CHAR_RIGHT_PARENTHESES, CHAR_RIGHT_SQUARE_BRACKET } = require_constants();
	const isPathSeparator = (code) => {
		return code === CHAR_FORWARD_SLASH || code === CHAR_BACKWARD_SLASH;
	};
	const depth = (token) => {
		if (token.isPrefix !== true) token.depth = token.isGlobstar ? Infinity : 1;
	};
	/**
	* Quickly scans a glob pattern and returns an object with a handful of
	* useful properties, like `isGlob`, `path` (the leading non-glob, if it exists),
	* `glob` (the actual pattern), `negated` (true if the path starts with `!` but not
	* with `!(`) and `negatedExtglob` (true if the path starts with `!(`).
	*
	* ```js
	* const pm = require('picomatch');
	* console.log(pm.scan('foo/bar/*.js'));
	* { isGlob: true, input: 'foo/bar/*.js', base: 'foo/bar', glob: '*.js' }
	* ```
	* @param {String} `str`
	* @param {Object} `options`
	* @return {Object} Returns an object with tokens and regex source string.
	* @api public
	*/
	const scan = (input, options) => {
		const opts = options || {};
		const length = input.length - 1;
		const scanToEnd = opts.parts === true || opts.tokens === true || opts.scanToEnd === true;
		const slashes = [];
		const tokens = [];
		const parts = [];
		let str = input;
		let index = -1;
		let start = 0;
		let lastIndex = 0;
		let isBrace = false;
		let isBracket = false;
		let isGlob = false;
		let isExtglob = false;
		let isGlobstar = false;
		let braceEscaped = false;
		let backslashes = false;
		let negated = false;
		let negatedExtglob = false;
		let finished = false;
		let braces = 0;
		let prev;
		let code;
		let token = {
			value: "",
			depth: 0,
			isGlob: false
		};
		const eos = () => index >= length;
		const peek = () => str.charCodeAt(index + 1);
		const advance = () => {
			prev = code;
			return str.charCodeAt(++index);
		};
		while (index < length) {
			code = advance();
			let next;
			if (code === CHAR_BACKWARD_SLASH) {
				backslashes = token.backslashes = true;
				code = advance();
				if (code === CHAR_LEFT_CURLY_BRACE) braceEscaped = true;
				continue;
			}
			if (braceEscaped === true || code === CHAR_LEFT_CURLY_BRACE) {
				braces++;
				while (eos() !== true && (code = advance())) {
					if (code === CHAR_BACKWARD_SLASH) {
						backslashes = token.backslashes = true;
						advance();
						continue;
					}
					if (code === CHAR_LEFT_CURLY_BRACE) {
						braces++;
						continue;
					}
					if (braceEscaped !== true && code === CHAR_DOT && (code = advance()) === CHAR_DOT) {
						isBrace = token.isBrace = true;
						isGlob = token.isGlob = true;
						finished = true;
						if (scanToEnd === true) continue;
						break;
					}
					if (braceEscaped !== true && code === CHAR_COMMA) {
						isBrace = token.isBrace = true;
						isGlob = token.isGlob = true;
						finished = true;
						if (scanToEnd === true) continue;
						break;
					}
					if (code === CHAR_RIGHT_CURLY_BRACE) {
						braces--;
						if (braces === 0) {
							braceEscaped = false;
							isBrace = token.isBrace = true;
							finished = true;
							break;
						}
					}
				}
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_FORWARD_SLASH) {
				slashes.push(index);
				tokens.push(token);
				token = {
					value: "",
					depth: 0,
					isGlob: false
				};
				if (finished === true) continue;
				if (prev === CHAR_DOT && index === start + 1) {
					start += 2;
					continue;
				}
				lastIndex = index + 1;
				continue;
			}
			if (opts.noext !== true) {
				if ((code === CHAR_PLUS || code === CHAR_AT || code === CHAR_ASTERISK || code === CHAR_QUESTION_MARK || code === CHAR_EXCLAMATION_MARK) === true && peek() === CHAR_LEFT_PARENTHESES) {
					isGlob = token.isGlob = true;
					isExtglob = token.isExtglob = true;
					finished = true;
					if (code === CHAR_EXCLAMATION_MARK && index === start) negatedExtglob = true;
					if (scanToEnd === true) {
						let parens = 0;
						while (eos() !== true && (code = advance())) {
							if (code === CHAR_BACKWARD_SLASH) {
								backslashes = token.backslashes = true;
								advance();
								continue;
							}
							if (code === CHAR_LEFT_PARENTHESES) {
								parens++;
								continue;
							}
							if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
								finished = true;
								break;
							}
						}
						continue;
					}
					break;
				}
			}
			if (code === CHAR_ASTERISK) {
				if (prev === CHAR_ASTERISK) isGlobstar = token.isGlobstar = true;
				isGlob = token.isGlob = true;
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_QUESTION_MARK) {
				isGlob = token.isGlob = true;
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_LEFT_SQUARE_BRACKET) {
				while (eos() !== true && (next = advance())) {
					if (next === CHAR_BACKWARD_SLASH) {
						backslashes = token.backslashes = true;
						advance();
						continue;
					}
					if (next === CHAR_RIGHT_SQUARE_BRACKET) {
						isBracket = token.isBracket = true;
						isGlob = token.isGlob = true;
						finished = true;
						break;
					}
				}
				if (scanToEnd === true) continue;
				break;
			}
			if (opts.nonegate !== true && code === CHAR_EXCLAMATION_MARK && index === start) {
				negated = token.negated = true;
				start++;
				continue;
			}
			if (opts.noparen !== true && code === CHAR_LEFT_PARENTHESES) {
				isGlob = token.isGlob = true;
				if (scanToEnd === true) {
					let parens = 1;
					while (eos() !== true && (code = advance())) {
						if (code === CHAR_BACKWARD_SLASH) {
							backslashes = token.backslashes = true;
							advance();
							continue;
						}
						if (code === CHAR_LEFT_PARENTHESES) {
							parens++;
							continue;
						}
						if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
							finished = true;
							break;
						}
					}
					continue;
				}
				break;
			}
			if (isGlob === true) {
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
		}
		if (opts.noext === true) {
			isExtglob = false;
			isGlob = false;
		}
		let base = str;
		let prefix = "";
		let glob = "";
		if (start > 0) {
			prefix = str.slice(0, start);
			str = str.slice(start);
			lastIndex -= start;
		}
		if (base && isGlob === true && lastIndex > 0) {
			base = str.slice(0, lastIndex);
			glob = str.slice(lastIndex);
		} else if (isGlob === true) {
			base = "";
			glob = str;
		} else base = str;
		if (base && base !== "" && base !== "/" && base !== str) {
			if (isPathSeparator(base.charCodeAt(base.length - 1))) base = base.slice(0, -1);
		}
		if (opts.unescape === true) {
			if (glob) glob = utils.removeBackslashes(glob);
			if (base && backslashes === true) base = utils.removeBackslashes(base);
		}
		const state = {
			prefix,
			input,
			start,
			base,
			glob,
			isBrace,
			isBracket,
			isGlob,
			isExtglob,
			isGlobstar,
			negated,
			negatedExtglob
		};
		if (opts.tokens === true) {
			state.maxDepth = 0;
			if (!isPathSeparator(code)) tokens.push(token);
			state.tokens = tokens;
		}
		if (opts.parts === true || opts.tokens === true) {
			let prevIndex;
			for (let idx = 0; idx < slashes.length; idx++) {
				const n = prevIndex !== void 0 ? prevIndex + 1 : start;
				const i = slashes[idx];
				const value = input.slice(n, i);
				if (opts.tokens) {
					if (idx === 0 && start !== 0) {
						tokens[idx].isPrefix = true;
						tokens[idx].value = prefix;
					} else tokens[idx].value = value;
					depth(tokens[idx]);
					state.maxDepth += tokens[idx].depth;
				}
				if (i >= start) {
					parts.push(value);
					prevIndex = i;
				}
			}
			const n = prevIndex !== void 0 ? prevIndex + 1 : start;
			const value = input.slice(n);
			parts.push(value);
			if (opts.tokens && prevIndex && prevIndex + 1 < input.length) {
				tokens[tokens.length - 1].value = value;
				depth(tokens[tokens.length - 1]);
				state.maxDepth += tokens[tokens.length - 1].depth;
			}
			state.slashes = slashes;
			state.parts = parts;
		}
		return state;
	};
	module.exports = scan;
}));
var require_parse = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const constants = require_constants();
	const utils = require_utils();
	/**
	* Constants
	*/
	const { MAX_LENGTH, POSIX_REGEX_SOURCE, REGEX_NON_SPECIAL_CHARS, REGEX_SPECIAL_CHARS_BACKREF, REPLACEMENTS } = constants;
	/**
	* Helpers
	*/
	const expandRange = (args, options) => {
		if (typeof options.expandRange === "function") return options.expandRange(...args, options);
		args.sort();
		const value = `[${args.join("-")}]`;
		try {
			new RegExp(value);
		} catch (ex) {
			return args.map((v) => utils.escapeRegex(v)).join("..");
		}
		return value;
	};
	/**
	* Create the message for a syntax error
	*/
	const syntaxError = (type, char) => {
		return `Missing ${type}: "${char}" - use "\\\\${char}" to match literal characters`;
	};
	const splitTopLevel = (input) => {
		const parts = [];
		let bracket = 0;
		let paren = 0;
		let quote = 0;
		let value = "";
		let escaped = false;
		for (const ch of input) {
			if (escaped === true) {
				value += ch;
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				value += ch;
				escaped = true;
				continue;
			}
			if (ch === "\"") {
				quote = quote === 1 ? 0 : 1;
				value += ch;
				continue;
			}
			if (quote === 0) {
				if (ch === "[") bracket++;
				else if (ch === "]" && bracket > 0) bracket--;
				else if (bracket === 0) {
					if (ch === "(") paren++;
					else if (ch === ")" && paren > 0) paren--;
					else if (ch === "|" && paren === 0) {
						parts.push(value);
						value = "";
						continue;
					}
				}
			}
			value += ch;
		}
		parts.push(value);
		return parts;
	};
	const isPlainBranch = (branch) => {
		let escaped = false;
		for (const ch of branch) {
			if (escaped === true) {
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				escaped = true;
				continue;
			}
			if (/[?*+@!()[\]{}]/.test(ch)) return false;
		}
		return true;
	};
	const normalizeSimpleBranch = (branch) => {
		let value = branch.trim();
		let changed = true;
		while (changed === true) {
			changed = false;
			if (/^@\([^\\()[\]{}|]+\)$/.test(value)) {
				value = value.slice(2, -1);
				changed = true;
			}
		}
		if (!isPlainBranch(value)) return;
		return value.replace(/\\(.)/g, "$1");
	};
	const hasRepeatedCharPrefixOverlap = (branches) => {
		const values = branches.map(normalizeSimpleBranch).filter(Boolean);
		for (let i = 0; i < values.length; i++) for (let j = i + 1; j < values.length; j++) {
			const a = values[i];
			const b = values[j];
			const char = a[0];
			if (!char || a !== char.repeat(a.length) || b !== char.repeat(b.length)) continue;
			if (a === b || a.startsWith(b) || b.startsWith(a)) return true;
		}
		return false;
	};
	const parseRepeatedExtglob = (pattern, requireEnd = true) => {
		if (pattern[0] !== "+" && pattern[0] !== "*" || pattern[1] !== "(") return;
		let bracket = 0;
		let paren = 0;
		let quote = 0;
		let escaped = false;
		for (let i = 1; i < pattern.length; i++) {
			const ch = pattern[i];
			if (escaped === true) {
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				escaped = true;
				continue;
			}
			if (ch === "\"") {
				quote = quote === 1 ? 0 : 1;
				continue;
			}
			if (quote === 1) continue;
			if (ch === "[") {
				bracket++;
				continue;
			}
			if (ch === "]" && bracket > 0) {
				bracket--;
				continue;
			}
			if (bracket > 0) continue;
			if (ch === "(") {
				paren++;
				continue;
			}
			if (ch === ")") {
				paren--;
				if (paren === 0) {
					if (requireEnd === true && i !== pattern.length - 1) return;
					return {
						type: pattern[0],
						body: pattern.slice(2, i),
						end: i
					};
				}
			}
		}
	};
	const buildCharClassStar = (chars) => {
		return `${chars.length === 1 ? utils.escapeRegex(chars[0]) : `[${chars.map((ch) => utils.escapeRegex(ch)).join("")}]`}*`;
	};
	const getStarExtglobSequenceChars = (pattern) => {
		let index = 0;
		const chars = [];
		while (index < pattern.length) {
			const match = parseRepeatedExtglob(pattern.slice(index), false);
			if (!match || match.type !== "*") return;
			const branches = splitTopLevel(match.body).map((branch) => branch.trim());
			if (branches.length !== 1) return;
			const branch = normalizeSimpleBranch(branches[0]);
			if (!branch || branch.length !== 1) return;
			chars.push(branch);
			index += match.end + 1;
		}
		if (chars.length < 1) return;
		return chars;
	};
	const repeatedExtglobRecursion = (pattern) => {
		let depth = 0;
		let value = pattern.trim();
		let match = parseRepeatedExtglob(value);
		while (match) {
			depth++;
			value = match.body.trim();
			match = parseRepeatedExtglob(value);
		}
		return depth;
	};
	const analyzeRepeatedExtglob = (body, options) => {
		if (options.maxExtglobRecursion === false) return { risky: false };
		const max = typeof options.maxExtglobRecursion === "number" ? options.maxExtglobRecursion : constants.DEFAULT_MAX_EXTGLOB_RECURSION;
		const branches = splitTopLevel(body).map((branch) => branch.trim());
		if (branches.length > 1) {
			if (branches.some((branch) => branch === "") || branches.some((branch) => /^[*?]+$/.test(branch)) || hasRepeatedCharPrefixOverlap(branches)) return { risky: true };
		}
		const safeChars = [];
		let sawStarSequence = false;
		let combinable = true;
		for (const branch of branches) {
			const chars = getStarExtglobSequenceChars(branch);
			if (chars) {
				sawStarSequence = true;
				safeChars.push(...chars);
				continue;
			}
			const literal = normalizeSimpleBranch(branch);
			if (literal && literal.length === 1) {
				safeChars.push(literal);
				continue;
			}
			combinable = false;
			if (repeatedExtglobRecursion(branch) > max) return { risky: true };
		}
		if (sawStarSequence) return combinable ? {
			risky: true,
			safeOutput: buildCharClassStar([...new Set(safeChars)])
		} : { risky: true };
		return { risky: false };
	};
	/**
	* Parse the given input string.
	* @param {String} input
	* @param {Object} options
	* @return {Object}
	*/
	const parse = (input, options) => {
		if (typeof input !== "string") throw new TypeError("Expected a string");
		input = REPLACEMENTS[input] || input;
		const opts = { ...options };
		const max = typeof opts.maxLength === "number" ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
		let len = input.length;
		if (len > max) throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
		const bos = {
			type: "bos",
			value: "",
			output: opts.prepend || ""
		};
		const tokens = [bos];
		const capture = opts.capture ? "" : "?:";
		const PLATFORM_CHARS = constants.globChars(opts.windows);
		const EXTGLOB_CHARS = constants.extglobChars(PLATFORM_CHARS);
		const { DOT_LITERAL, PLUS_LITERAL, SLASH_LITERAL, ONE_CHAR, DOTS_SLASH, NO_DOT, NO_DOT_SLASH, NO_DOTS_SLASH, QMARK, QMARK_NO_DOT, STAR, START_ANCHOR } = PLATFORM_CHARS;
		const globstar = (opts) => {
			return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
		};
		const nodot = opts.dot ? "" : NO_DOT;
		const qmarkNoDot = opts.dot ? QMARK : QMARK_NO_DOT;
		let star = opts.bash === true ? globstar(opts) : STAR;
		if (opts.capture) star = `(${star})`;
		if (typeof opts.noext === "boolean") opts.noextglob = opts.noext;
		const state = {
			input,
			index: -1,
			start: 0,
			dot: opts.dot === true,
			consumed: "",
			output: "",
			prefix: "",
			backtrack: false,
			negated: false,
			brackets: 0,
			braces: 0,
			parens: 0,
			quotes: 0,
			globstar: false,
			tokens
		};
		input = utils.removePrefix(input, state);
		len = input.length;
		const extglobs = [];
		const braces = [];
		const stack = [];
		let prev = bos;
		let value;
		/**
		* Tokenizing helpers
		*/
		const eos = () => state.index === len - 1;
		const peek = state.peek = (n = 1) => input[state.index + n];
		const advance = state.advance = () => input[++state.index] || "";
		const remaining = () => input.slice(state.index + 1);
		const consume = (value = "", num = 0) => {
			state.consumed += value;
			state.index += num;
		};
		const append = (token) => {
			state.output += token.output != null ? token.output : token.value;
			consume(token.value);
		};
		const negate = () => {
			let count = 1;
			while (peek() === "!" && (peek(2) !== "(" || peek(3) === "?")) {
				advance();
				state.start++;
				count++;
			}
			if (count % 2 === 0) return false;
			state.negated = true;
			state.start++;
			return true;
		};
		const increment = (type) => {
			state[type]++;
			stack.push(type);
		};
		const decrement = (type) => {
			state[type]--;
			stack.pop();
		};
		/**
		* Push tokens onto the tokens array. This helper speeds up
		* tokenizing by 1) helping us avoid backtracking as much as possible,
		* and 2) helping us avoid creating extra tokens when consecutive
		* characters are plain text. This improves performance and simplifies
		* lookbehinds.
		*/
		const push = (tok) => {
			if (prev.type === "globstar") {
				const isBrace = state.braces > 0 && (tok.type === "comma" || tok.type === "brace");
				const isExtglob = tok.extglob === true || extglobs.length && (tok.type === "pipe" || tok.type === "paren");
				if (tok.type !== "slash" && tok.type !== "paren" && !isBrace && !isExtglob) {
					state.output = state.output.slice(0, -prev.output.length);
					prev.type = "star";
					prev.value = "*";
					prev.output = star;
					state.output += prev.output;
				}
			}
			if (extglobs.length && tok.type !== "paren") extglobs[extglobs.length - 1].inner += tok.value;
			if (tok.value || tok.output) append(tok);
			if (prev && prev.type === "text" && tok.type === "text") {
				prev.output = (prev.output || prev.value) + tok.value;
				prev.value += tok.value;
				return;
			}
			tok.prev = prev;
			tokens.push(tok);
			prev = tok;
		};
		const extglobOpen = (type, value) => {
			const token = {
				...EXTGLOB_CHARS[value],
				conditions: 1,
				inner: ""
			};
			token.prev = prev;
			token.parens = state.parens;
			token.output = state.output;
			token.startIndex = state.index;
			token.tokensIndex = tokens.length;
			const output = (opts.capture ? "(" : "") + token.open;
			increment("parens");
			push({
				type,
				value,
				output: state.output ? "" : ONE_CHAR
			});
			push({
				type: "paren",
				extglob: true,
				value: advance(),
				output
			});
			extglobs.push(token);
		};
		const extglobClose = (token) => {
			const literal = input.slice(token.startIndex, state.index + 1);
			const body = input.slice(token.startIndex + 2, state.index);
			const analysis = analyzeRepeatedExtglob(body, opts);
			if ((token.type === "plus" || token.type === "star") && analysis.risky) {
				const safeOutput = analysis.safeOutput ? (token.output ? "" : ONE_CHAR) + (opts.capture ? `(${analysis.safeOutput})` : analysis.safeOutput) : void 0;
				const open = tokens[token.tokensIndex];
				open.type = "text";
				open.value = literal;
				open.output = safeOutput || utils.escapeRegex(literal);
				for (let i = token.tokensIndex + 1; i < tokens.length; i++) {
					tokens[i].value = "";
					tokens[i].output = "";
					delete tokens[i].suffix;
				}
				state.output = token.output + open.output;
				state.backtrack = true;
				push({
					type: "paren",
					extglob: true,
					value,
					output: ""
				});
				decrement("parens");
				return;
			}
			let output = token.close + (opts.capture ? ")" : "");
			let rest;
			if (token.type === "negate") {
				let extglobStar = star;
				if (token.inner && token.inner.length > 1 && token.inner.includes("/")) extglobStar = globstar(opts);
				if (extglobStar !== star || eos() || /^\)+$/.test(remaining())) output = token.close = `)$))${extglobStar}`;
				if (token.inner.includes("*") && (rest = remaining()) && /^\.[^\\/.]+$/.test(rest)) output = token.close = `)${parse(rest, {
					...options,
					fastpaths: false
				}).output})${extglobStar})`;
				if (token.prev.type === "bos") state.negatedExtglob = true;
			}
			push({
				type: "paren",
				extglob: true,
				value,
				output
			});
			decrement("parens");
		};
		/**
		* Fast paths
		*/
		if (opts.fastpaths !== false && !/(^[*!]|[/()[\]{}"])/.test(input)) {
			let backslashes = false;
			let output = input.replace(REGEX_SPECIAL_CHARS_BACKREF, (m, esc, chars, first, rest, index) => {
				if (first === "\\") {
					backslashes = true;
					return m;
				}
				if (first === "?") {
					if (esc) return esc + first + (rest ? QMARK.repeat(rest.length) : "");
					if (index === 0) return qmarkNoDot + (rest ? QMARK.repeat(rest.length) : "");
					return QMARK.repeat(chars.length);
				}
				if (first === ".") return DOT_LITERAL.repeat(chars.length);
				if (first === "*") {
					if (esc) return esc + first + (rest ? star : "");
					return star;
				}
				return esc ? m : `\\${m}`;
			});
			if (backslashes === true) {
				if (opts.unescape === true) output = output.replace(/\\/g, "");
				else output = output.replace(/\\+/g, (m) => {
					return m.length % 2 === 0 ? "\\\\" : m ? "\\" : "";
				});
			}
			if (output === input && opts.contains === true) {
				state.output = input;
				return state;
			}
			state.output = utils.wrapOutput(output, state, options);
			return state;
		}
		/**
		* Tokenize input until we reach end-of-string
		*/
		while (!eos()) {
			value = advance();
			if (value === "\0") continue;
			/**
			* Escaped characters
			*/
			if (value === "\\") {
				const next = peek();
				if (next === "/" && opts.bash !== true) continue;
				if (next === "." || next === ";") continue;
				if (!next) {
					value += "\\";
					push({
						type: "text",
						value
					});
					continue;
				}
				const match = /^\\+/.exec(remaining());
				let slashes = 0;
				if (match && match[0].length > 2) {
					slashes = match[0].length;
					state.index += slashes;
					if (slashes % 2 !== 0) value += "\\";
				}
				if (opts.unescape === true) value = advance();
				else value += advance();
				if (state.brackets === 0) {
					push({
						type: "text",
						value
					});
					continue;
				}
			}
			/**
			* If we're inside a regex character class, continue
			* until we reach the closing bracket.
			*/
			if (state.brackets > 0 && (value !== "]" || prev.value === "[" || prev.value === "[^")) {
				if (opts.posix !== false && value === ":") {
					const inner = prev.value.slice(1);
					if (inner.includes("[")) {
						prev.posix = true;
						if (inner.includes(":")) {
							const idx = prev.value.lastIndexOf("[");
							const pre = prev.value.slice(0, idx);
							const rest = prev.value.slice(idx + 2);
							const posix = POSIX_REGEX_SOURCE[rest];
							if (posix) {
								prev.value = pre + posix;
								state.backtrack = true;
								advance();
								if (!bos.output && tokens.indexOf(prev) === 1) bos.output = ONE_CHAR;
								continue;
							}
						}
					}
				}
				if (value === "[" && peek() !== ":" || value === "-" && peek() === "]") value = `\\${value}`;
				if (value === "]" && (prev.value === "[" || prev.value === "[^")) value = `\\${value}`;
				if (opts.posix === true && value === "!" && prev.value === "[") value = "^";
				prev.value += value;
				append({ value });
				continue;
			}
			/**
			* If we're inside a quoted string, continue
			* until we reach the closing double quote.
			*/
			if (state.quotes === 1 && value !== "\"") {
				value = utils.escapeRegex(value);
				prev.value += value;
				append({ value });
				continue;
			}
			/**
			* Double quotes
			*/
			if (value === "\"") {
				state.quotes = state.quotes === 1 ? 0 : 1;
				if (opts.keepQuotes === true) push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Parentheses
			*/
			if (value === "(") {
				increment("parens");
				push({
					type: "paren",
					value
				});
				continue;
			}
			if (value === ")") {
				if (state.parens === 0 && opts.strictBrackets === true) throw new SyntaxError(syntaxError("opening", "("));
				const extglob = extglobs[extglobs.length - 1];
				if (extglob && state.parens === extglob.parens + 1) {
					extglobClose(extglobs.pop());
					continue;
				}
				push({
					type: "paren",
					value,
					output: state.parens ? ")" : "\\)"
				});
				decrement("parens");
				continue;
			}
			/**
			* Square brackets
			*/
			if (value === "[") {
				if (opts.nobracket === true || !remaining().includes("]")) {
					if (opts.nobracket !== true && opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "]"));
					value = `\\${value}`;
				} else increment("brackets");
				push({
					type: "bracket",
					value
				});
				continue;
			}
			if (value === "]") {
				if (opts.nobracket === true || prev && prev.type === "bracket" && prev.value.length === 1) {
					push({
						type: "text",
						value,
						output: `\\${value}`
					});
					continue;
				}
				if (state.brackets === 0) {
					if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("opening", "["));
					push({
						type: "text",
						value,
						output: `\\${value}`
					});
					continue;
				}
				decrement("brackets");
				const prevValue = prev.value.slice(1);
				if (prev.posix !== true && prevValue[0] === "^" && !prevValue.includes("/")) value = `/${value}`;
				prev.value += value;
				append({ value });
				if (opts.literalBrackets === false || utils.hasRegexChars(prevValue)) continue;
				const escaped = utils.escapeRegex(prev.value);
				state.output = state.output.slice(0, -prev.value.length);
				if (opts.literalBrackets === true) {
					state.output += escaped;
					prev.value = escaped;
					continue;
				}
				prev.value = `(${capture}${escaped}|${prev.value})`;
				state.output += prev.value;
				continue;
			}
			/**
			* Braces
			*/
			if (value === "{" && opts.nobrace !== true) {
				increment("braces");
				const open = {
					type: "brace",
					value,
					output: "(",
					outputIndex: state.output.length,
					tokensIndex: state.tokens.length
				};
				braces.push(open);
				push(open);
				continue;
			}
			if (value === "}") {
				const brace = braces[braces.length - 1];
				if (opts.nobrace === true || !brace) {
					push({
						type: "text",
						value,
						output: value
					});
					continue;
				}
				let output = ")";
				if (brace.dots === true) {
					const arr = tokens.slice();
					const range = [];
					for (let i = arr.length - 1; i >= 0; i--) {
						tokens.pop();
						if (arr[i].type === "brace") break;
						if (arr[i].type !== "dots") range.unshift(arr[i].value);
					}
					output = expandRange(range, opts);
					state.backtrack = true;
				}
				if (brace.comma !== true && brace.dots !== true) {
					const out = state.output.slice(0, brace.outputIndex);
					const toks = state.tokens.slice(brace.tokensIndex);
					brace.value = brace.output = "\\{";
					value = output = "\\}";
					state.output = out;
					for (const t of toks) state.output += t.output || t.value;
				}
				push({
					type: "brace",
					value,
					output
				});
				decrement("braces");
				braces.pop();
				continue;
			}
			/**
			* Pipes
			*/
			if (value === "|") {
				if (extglobs.length > 0) extglobs[extglobs.length - 1].conditions++;
				push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Commas
			*/
			if (value === ",") {
				let output = value;
				const brace = braces[braces.length - 1];
				if (brace && stack[stack.length - 1] === "braces") {
					brace.comma = true;
					output = "|";
				}
				push({
					type: "comma",
					value,
					output
				});
				continue;
			}
			/**
			* Slashes
			*/
			if (value === "/") {
				if (prev.type === "dot" && state.index === state.start + 1) {
					state.start = state.index + 1;
					state.consumed = "";
					state.output = "";
					tokens.pop();
					prev = bos;
					continue;
				}
				push({
					type: "slash",
					value,
					output: SLASH_LITERAL
				});
				continue;
			}
			/**
			* Dots
			*/
			if (value === ".") {
				if (state.braces > 0 && prev.type === "dot") {
					if (prev.value === ".") prev.output = DOT_LITERAL;
					const brace = braces[braces.length - 1];
					prev.type = "dots";
					prev.output += value;
					prev.value += value;
					brace.dots = true;
					continue;
				}
				if (state.braces + state.parens === 0 && prev.type !== "bos" && prev.type !== "slash") {
					push({
						type: "text",
						value,
						output: DOT_LITERAL
					});
					continue;
				}
				push({
					type: "dot",
					value,
					output: DOT_LITERAL
				});
				continue;
			}
			/**
			* Question marks
			*/
			if (value === "?") {
				if (!(prev && prev.value === "(") && opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					extglobOpen("qmark", value);
					continue;
				}
				if (prev && prev.type === "paren") {
					const next = peek();
					let output = value;
					if (prev.value === "(" && !/[!=<:]/.test(next) || next === "<" && !/<([!=]|\w+>)/.test(remaining())) output = `\\${value}`;
					push({
						type: "text",
						value,
						output
					});
					continue;
				}
				if (opts.dot !== true && (prev.type === "slash" || prev.type === "bos")) {
					push({
						type: "qmark",
						value,
						output: QMARK_NO_DOT
					});
					continue;
				}
				push({
					type: "qmark",
					value,
					output: QMARK
				});
				continue;
			}
			/**
			* Exclamation
			*/
			if (value === "!") {
				if (opts.noextglob !== true && peek() === "(") {
					if (peek(2) !== "?" || !/[!=<:]/.test(peek(3))) {
						extglobOpen("negate", value);
						continue;
					}
				}
				if (opts.nonegate !== true && state.index === 0) {
					negate();
					continue;
				}
			}
			/**
			* Plus
			*/
			if (value === "+") {
				if (opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					extglobOpen("plus", value);
					continue;
				}
				if (prev && prev.value === "(" || opts.regex === false) {
					push({
						type: "plus",
						value,
						output: PLUS_LITERAL
					});
					continue;
				}
				if (prev && (prev.type === "bracket" || prev.type === "paren" || prev.type === "brace") || state.parens > 0) {
					push({
						type: "plus",
						value
					});
					continue;
				}
				push({
					type: "plus",
					value: PLUS_LITERAL
				});
				continue;
			}
			/**
			* Plain text
			*/
			if (value === "@") {
				if (opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					push({
						type: "at",
						extglob: true,
						value,
						output: ""
					});
					continue;
				}
				push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Plain text
			*/
			if (value !== "*") {
				if (value === "$" || value === "^") value = `\\${value}`;
				const match = REGEX_NON_SPECIAL_CHARS.exec(remaining());
				if (match) {
					value += match[0];
					state.index += match[0].length;
				}
				push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Stars
			*/
			if (prev && (prev.type === "globstar" || prev.star === true)) {
				prev.type = "star";
				prev.star = true;
				prev.value += value;
				prev.output = star;
				state.backtrack = true;
				state.globstar = true;
				consume(value);
				continue;
			}
			let rest = remaining();
			if (opts.noextglob !== true && /^\([^?]/.test(rest)) {
				extglobOpen("star", value);
				continue;
			}
			if (prev.type === "star") {
				if (opts.noglobstar === true) {
					consume(value);
					continue;
				}
				const prior = prev.prev;
				const before = prior.prev;
				const isStart = prior.type === "slash" || prior.type === "bos";
				const afterStar = before && (before.type === "star" || before.type === "globstar");
				if (opts.bash === true && (!isStart || rest[0] && rest[0] !== "/")) {
					push({
						type: "star",
						value,
						output: ""
					});
					continue;
				}
				const isBrace = state.braces > 0 && (prior.type === "comma" || prior.type === "brace");
				const isExtglob = extglobs.length && (prior.type === "pipe" || prior.type === "paren");
				if (!isStart && prior.type !== "paren" && !isBrace && !isExtglob) {
					push({
						type: "star",
						value,
						output: ""
					});
					continue;
				}
				while (rest.slice(0, 3) === "/**") {
					const after = input[state.index + 4];
					if (after && after !== "/") break;
					rest = rest.slice(3);
					consume("/**", 3);
				}
				const isEnd = eos() || state.parens > 0 && rest === ")".repeat(state.parens) && !extglobs.some((extglob) => extglob.type === "negate");
				if (prior.type === "bos" && eos()) {
					prev.type = "globstar";
					prev.value += value;
					prev.output = globstar(opts);
					state.output = prev.output;
					state.globstar = true;
					consume(value);
					continue;
				}
				if (prior.type === "slash" && prior.prev.type !== "bos" && !afterStar && isEnd) {
					state.output = state.output.slice(0, -(prior.output + prev.output).length);
					prior.output = `(?:${prior.output}`;
					prev.type = "globstar";
					prev.output = globstar(opts) + (opts.strictSlashes ? ")" : "|$)");
					prev.value += value;
					state.globstar = true;
					state.output += prior.output + prev.output;
					consume(value);
					continue;
				}
				if (prior.type === "slash" && prior.prev.type !== "bos" && rest[0] === "/") {
					const end = rest[1] !== void 0 ? "|$" : "";
					state.output = state.output.slice(0, -(prior.output + prev.output).length);
					prior.output = `(?:${prior.output}`;
					prev.type = "globstar";
					prev.output = `${globstar(opts)}${SLASH_LITERAL}|${SLASH_LITERAL}${end})`;
					prev.value += value;
					state.output += prior.output + prev.output;
					state.globstar = true;
					consume(value + advance());
					push({
						type: "slash",
						value: "/",
						output: ""
					});
					continue;
				}
				if (prior.type === "bos" && rest[0] === "/") {
					prev.type = "globstar";
					prev.value += value;
					prev.output = `(?:^|${SLASH_LITERAL}|${globstar(opts)}${SLASH_LITERAL})`;
					state.output = prev.output;
					state.globstar = true;
					consume(value + advance());
					push({
						type: "slash",
						value: "/",
						output: ""
					});
					continue;
				}
				state.output = state.output.slice(0, -prev.output.length);
				prev.type = "globstar";
				prev.output = globstar(opts);
				prev.value += value;
				state.output += prev.output;
				state.globstar = true;
				consume(value);
				continue;
			}
			const token = {
				type: "star",
				value,
				output: star
			};
			if (opts.bash === true) {
				token.output = ".*?";
				if (prev.type === "bos" || prev.type === "slash") token.output = nodot + token.output;
				push(token);
				continue;
			}
			if (prev && (prev.type === "bracket" || prev.type === "paren") && opts.regex === true) {
				token.output = value;
				push(token);
				continue;
			}
			if (state.index === state.start || prev.type === "slash" || prev.type === "dot") {
				if (prev.type === "dot") {
					state.output += NO_DOT_SLASH;
					prev.output += NO_DOT_SLASH;
				} else if (opts.dot === true) {
					state.output += NO_DOTS_SLASH;
					prev.output += NO_DOTS_SLASH;
				} else {
					state.output += nodot;
					prev.output += nodot;
				}
				if (peek() !== "*") {
					state.output += ONE_CHAR;
					prev.output += ONE_CHAR;
				}
			}
			push(token);
		}
		while (state.brackets > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "]"));
			state.output = utils.escapeLast(state.output, "[");
			decrement("brackets");
		}
		while (state.parens > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", ")"));
			state.output = utils.escapeLast(state.output, "(");
			decrement("parens");
		}
		while (state.braces > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "}"));
			state.output = utils.escapeLast(state.output, "{");
			decrement("braces");
		}
		if (opts.strictSlashes !== true && (prev.type === "star" || prev.type === "bracket")) push({
			type: "maybe_slash",
			value: "",
			output: `${SLASH_LITERAL}?`
		});
		if (state.backtrack === true) {
			state.output = "";
			for (const token of state.tokens) {
				state.output += token.output != null ? token.output : token.value;
				if (token.suffix) state.output += token.suffix;
			}
		}
		return state;
	};
	/**
	* Fast paths for creating regular expressions for common glob patterns.
	* This can significantly speed up processing and has very little downside
	* impact when none of the fast paths match.
	*/
	parse.fastpaths = (input, options) => {
		const opts = { ...options };
		const max = typeof opts.maxLength === "number" ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
		const len = input.length;
		if (len > max) throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
		input = REPLACEMENTS[input] || input;
		const { DOT_LITERAL, SLASH_LITERAL, ONE_CHAR, DOTS_SLASH, NO_DOT, NO_DOTS, NO_DOTS_SLASH, STAR, START_ANCHOR } = constants.globChars(opts.windows);
		const nodot = opts.dot ? NO_DOTS : NO_DOT;
		const slashDot = opts.dot ? NO_DOTS_SLASH : NO_DOT;
		const capture = opts.capture ? "" : "?:";
		const state = {
			negated: false,
			prefix: ""
		};
		let star = opts.bash === true ? ".*?" : STAR;
		if (opts.capture) star = `(${star})`;
		const globstar = (opts) => {
			if (opts.noglobstar === true) return star;
			return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
		};
		const create = (str) => {
			switch (str) {
				case "*": return `${nodot}${ONE_CHAR}${star}`;
				case ".*": return `${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "*.*": return `${nodot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "*/*": return `${nodot}${star}${SLASH_LITERAL}${ONE_CHAR}${slashDot}${star}`;
				case "**": return nodot + globstar(opts);
				case "**/*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${ONE_CHAR}${star}`;
				case "**/*.*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "**/.*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${DOT_LITERAL}${ONE_CHAR}${star}`;
				default: {
					const match = /^(.*?)\.(\w+)$/.exec(str);
					if (!match) return;
					const source = create(match[1]);
					if (!source) return;
					return source + DOT_LITERAL + match[2];
				}
			}
		};
		let source = create(utils.removePrefix(input, state));
		if (source && opts.strictSlashes !== true) source += `${SLASH_LITERAL}?`;
		return source;
	};
	module.exports = parse;
}));
var require_picomatch$1 = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const scan = require_scan();
	const parse = require_parse();
	const utils = require_utils();
	const constants = require_constants();
	const isObject = (val) => val && typeof val === "object" && !Array.isArray(val);
	/**
	* Creates a matcher function from one or more glob patterns. The
	* returned function takes a string to match as its first argument,
	* and returns true if the string is a match. The returned matcher
	* function also takes a boolean as the second argument that, when true,
	* returns an object with additional information.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch(glob[, options]);
	*
	* const isMatch = picomatch('*.!(*a)');
	* console.log(isMatch('a.a')); //=> false
	* console.log(isMatch('a.b')); //=> true
	*
	* // For environments without `node.js`, `picomatch/posix` provides you a dependency-free matcher, without automatic OS detection.
	* const picomatch = require('picomatch/posix');
	* // the same API, defaulting to posix paths
	* const isMatch = picomatch('a/*');
	* console.log(isMatch('a\\b')); //=> false
	* console.log(isMatch('a/b')); //=> true
	*
	* // you can still configure the matcher function to accept windows paths
	* const isMatch = picomatch('a/*', { options: windows });
	* console.log(isMatch('a\\b')); //=> true
	* console.log(isMatch('a/b')); //=> true
	* ```
	* @name picomatch
	* @param {String|Array} `globs` One or more glob patterns.
	* @param {Object=} `options`
	* @return {Function=} Returns a matcher function.
	* @api public
	*/
	const picomatch = (glob, options, returnState = false) => {
		if (Array.isArray(glob)) {
			const fns = glob.map((input) => picomatch(input, options, returnState));
			const arrayMatcher = (str) => {
				for (const isMatch of fns) {
					const state = isMatch(str);
					if (state) return state;
				}
				return false;
			};
			return arrayMatcher;
		}
		const isState = isObject(glob) && glob.tokens && glob.input;
		if (glob === "" || typeof glob !== "string" && !isState) throw new TypeError("Expected pattern to be a non-empty string");
		const opts = options || {};
		const posix = opts.windows;
		const regex = isState ? picomatch.compileRe(glob, options) : picomatch.makeRe(glob, options, false, true);
		const state = regex.state;
		delete regex.state;
		let isIgnored = () => false;
		if (opts.ignore) {
			const ignoreOpts = {
				...options,
				ignore: null,
				onMatch: null,
				onResult: null
			};
			isIgnored = picomatch(opts.ignore, ignoreOpts, returnState);
		}
		const matcher = (input, returnObject = false) => {
			const { isMatch, match, output } = picomatch.test(input, regex, options, {
				glob,
				posix
			});
			const result = {
				glob,
				state,
				regex,
				posix,
				input,
				output,
				match,
				isMatch
			};
			if (typeof opts.onResult === "function") opts.onResult(result);
			if (isMatch === false) {
				result.isMatch = false;
				return returnObject ? result : false;
			}
			if (isIgnored(input)) {
				if (typeof opts.onIgnore === "function") opts.onIgnore(result);
				result.isMatch = false;
				return returnObject ? result : false;
			}
			if (typeof opts.onMatch === "function") opts.onMatch(result);
			return returnObject ? result : true;
		};
		if (returnState) matcher.state = state;
		return matcher;
	};
	/**
	* Test `input` with the given `regex`. This is used by the main
	* `picomatch()` function to test the input string.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.test(input, regex[, options]);
	*
	* console.log(picomatch.test('foo/bar', /^(?:([^/]*?)\/([^/]*?))$/));
	* // { isMatch: true, match: [ 'foo/', 'foo', 'bar' ], output: 'foo/bar' }
	* ```
	* @param {String} `input` String to test.
	* @param {RegExp} `regex`
	* @return {Object} Returns an object with matching info.
	* @api public
	*/
	picomatch.test = (input, regex, options, { glob, posix } = {}) => {
		if (typeof input !== "string") throw new TypeError("Expected input to be a string");
		if (input === "") return {
			isMatch: false,
			output: ""
		};
		const opts = options || {};
		const format = opts.format || (posix ? utils.toPosixSlashes : null);
		let match = input === glob;
		let output = match && format ? format(input) : input;
		if (match === false) {
			output = format ? format(input) : input;
			match = output === glob;
		}
		if (match === false || opts.capture === true) {
			if (opts.matchBase === true || opts.basename === true) match = picomatch.matchBase(input, regex, options, posix);
			else match = regex.exec(output);
		}
		return {
			isMatch: Boolean(match),
			match,
			output
		};
	};
	/**
	* Match the basename of a filepath.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.matchBase(input, glob[, options]);
	* console.log(picomatch.matchBase('foo/bar.js', '*.js'); // true
	* ```
	* @param {String} `input` String to test.
	* @param {RegExp|String} `glob` Glob pattern or regex created by [.makeRe](#makeRe).
	* @return {Boolean}
	* @api public
	*/
	picomatch.matchBase = (input, glob, options, posix = options && options.windows) => {
		return (glob instanceof RegExp ? glob : picomatch.makeRe(glob, options)).test(utils.basename(input, { windows: posix }));
	};
	/**
	* Returns true if **any** of the given glob `patterns` match the specified `string`.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.isMatch(string, patterns[, options]);
	*
	* console.log(picomatch.isMatch('a.a', ['b.*', '*.a'])); //=> true
	* console.log(picomatch.isMatch('a.a', 'b.*')); //=> false
	* ```
	* @param {String|Array} str The string to test.
	* @param {String|Array} patterns One or more glob patterns to use for matching.
	* @param {Object} [options] See available [options](#options).
	* @return {Boolean} Returns true if any patterns match `str`
	* @api public
	*/
	picomatch.isMatch = (str, patterns, options) => picomatch(patterns, options)(str);
	/**
	* Parse a glob pattern to create the source string for a regular
	* expression.
	*
	* ```js
	* const picomatch = require('picomatch');
	* const result = picomatch.parse(pattern[, options]);
	* ```
	* @param {String} `pattern`
	* @param {Object} `options`
	* @return {Object} Returns an object with useful properties and output to be used as a regex source string.
	* @api public
	*/
	picomatch.parse = (pattern, options) => {
		if (Array.isArray(pattern)) return pattern.map((p) => picomatch.parse(p, options));
		return parse(pattern, {
			...options,
			fastpaths: false
		});
	};
	/**
	* Scan a glob pattern to separate the pattern into segments.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.scan(input[, options]);
	*
	* const result = picomatch.scan('!./foo/*.js');
	* console.log(result);
	* { prefix: '!./',
	*   input: '!./foo/*.js',
	*   start: 3,
	*   base: 'foo',
	*   glob: '*.js',
	*   isBrace: false,
	*   isBracket: false,
	*   isGlob: true,
	*   isExtglob: false,
	*   isGlobstar: false,
	*   negated: true }
	* ```
	* @param {String} `input` Glob pattern to scan.
	* @param {Object} `options`
	* @return {Object} Returns an object with
	* @api public
	*/
	picomatch.scan = (input, options) => scan(input, options);
	/**
	* Compile a regular expression from the `state` object returned by the
	* [parse()](#parse) method.
	*
	* ```js
	* const picomatch = require('picomatch');
	* const state = picomatch.parse('*.js');
	* // picomatch.compileRe(state[, options]);
	*
	* console.log(picomatch.compileRe(state));
	* //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
	* ```
	* @param {Object} `state`
	* @param {Object} `options`
	* @param {Boolean} `returnOutput` Intended for implementors, this argument allows you to return the raw output from the parser.
	* @param {Boolean} `returnState` Adds the state to a `state` property on the returned regex. Useful for implementors and debugging.
	* @return {RegExp}
	* @api public
	*/
	picomatch.compileRe = (state, options, returnOutput = false, returnState = false) => {
		if (returnOutput === true) return state.output;
		const opts = options || {};
		const prepend = opts.contains ? "" : "^";
		const append = opts.contains ? "" : "$";
		let source = `${prepend}(?:${state.output})${append}`;
		if (state && state.negated === true) source = `^(?!${source}).*$`;
		const regex = picomatch.toRegex(source, options);
		if (returnState === true) regex.state = state;
		return regex;
	};
	/**
	* Create a regular expression from a parsed glob pattern.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.makeRe(state[, options]);
	*
	* const result = picomatch.makeRe('*.js');
	* console.log(result);
	* //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
	* ```
	* @param {String} `state` The object returned from the `.parse` method.
	* @param {Object} `options`
	* @param {Boolean} `returnOutput` Implementors may use this argument to return the compiled output, instead of a regular expression. This is not exposed on the options to prevent end-users from mutating the result.
	* @param {Boolean} `returnState` Implementors may use this argument to return the state from the parsed glob with the returned regular expression.
	* @return {RegExp} Returns a regex created from the given pattern.
	* @api public
	*/
	picomatch.makeRe = (input, options = {}, returnOutput = false, returnState = false) => {
		if (!input || typeof input !== "string") throw new TypeError("Expected a non-empty string");
		let parsed = {
			negated: false,
			fastpaths: true
		};
		if (options.fastpaths !== false && (input[0] === "." || input[0] === "*")) parsed.output = parse.fastpaths(input, options);
		if (!parsed.output) parsed = parse(input, options);
		return picomatch.compileRe(parsed, options, returnOutput, returnState);
	};
	/**
	* Create a regular expression from the given regex source string.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.toRegex(source[, options]);
	*
	* const { output } = picomatch.parse('*.js');
	* console.log(picomatch.toRegex(output));
	* //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
	* ```
	* @param {String} `source` Regular expression source string.
	* @param {Object} `options`
	* @return {RegExp}
	* @api public
	*/
	picomatch.toRegex = (source, options) => {
		try {
			const opts = options || {};
			return new RegExp(source, opts.flags || (opts.nocase ? "i" : ""));
		} catch (err) {
			if (options && options.debug === true) throw err;
			return /$^/;
		}
	};
	/**
	* Picomatch constants.
	* @return {Object}
	*/
	picomatch.constants = constants;
	/**
	* Expose "picomatch"
	*/
	module.exports = picomatch;
}));
var require_picomatch = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const pico = require_picomatch$1();
	const utils = require_utils();
	function picomatch(glob, options, returnState = false) {
		if (options && (options.windows === null || options.windows === void 0)) options = {
			...options,
			windows: utils.isWindows()
		};
		return pico(glob, options, returnState);
	}
	Object.assign(picomatch, pico);
	module.exports = picomatch;
}));
function getPartialMatcher(patterns, options = {}) {
	const patternsCount = patterns.length;
	const patternsParts = Array(patternsCount);
	const matchers = Array(patternsCount);
	let i, j;
	for (i = 0; i < patternsCount; i++) {
		const parts = splitPattern(patterns[i]);
		patternsParts[i] = parts;
		const partsCount = parts.length;
		const partMatchers = Array(partsCount);
		for (j = 0; j < partsCount; j++) partMatchers[j] = (0, import_picomatch.default)(parts[j], options);
		matchers[i] = partMatchers;
	}
	return (input) => {
		const inputParts = input.split("/");
		if (inputParts[0] === ".." && ONLY_PARENT_DIRECTORIES.test(input)) return true;
		for (i = 0; i < patternsCount; i++) {
			const patternParts = patternsParts[i];
			const matcher = matchers[i];
			const inputPatternCount = inputParts.length;
			const minParts = Math.min(inputPatternCount, patternParts.length);
			j = 0;
			while (j < minParts) {
				const part = patternParts[j];
				if (part.includes("/")) return true;
				if (!matcher[j](inputParts[j])) break;
				if (!options.noglobstar && part === "**") return true;
				j++;
			}
			if (j === inputPatternCount) return true;
		}
		return false;
	};
}
function buildFormat(cwd, root, absolute) {
	if (cwd === root || root.startsWith(`${cwd}/`)) {
		if (absolute) {
			const start = cwd.length + +!isRoot(cwd);
			return (p, isDir) => p.slice(start, isDir ? -1 : void 0) || ".";
		}
		const prefix = root.slice(cwd.length + 1);
		if (prefix) return (p, isDir) => {
			if (p === ".") return prefix;
			const result = `${prefix}/${p}`;
			return isDir ? result.slice(0, -1) : result;
		};
		return (p, isDir) => isDir && p !== "." ? p.slice(0, -1) : p;
	}
	if (absolute) return (p) => posix.relative(cwd, p) || ".";
	return (p) => posix.relative(cwd, `${root}/${p}`) || ".";
}
function buildRelative(cwd, root) {
	if (root.startsWith(`${cwd}/`)) {
		const prefix = root.slice(cwd.length + 1);
		return (p) => `${prefix}/${p}`;
	}
	return (p) => {
		const result = posix.relative(cwd, `${root}/${p}`);
		return p[p.length - 1] === "/" && result !== "" ? `${result}/` : result || ".";
	};
}
function ensureNonDriveRelativePath(path) {
	return path.replace(DRIVE_RELATIVE_PATH, (match) => `${match}/`);
}
function splitPattern(path) {
	var _result$parts;
	const result = import_picomatch.default.scan(path, splitPatternOptions);
	return ((_result$parts = result.parts) === null || _result$parts === void 0 ? void 0 : _result$parts.length) ? result.parts : [path];
}
/**
* Checks if a pattern has dynamic parts.
*
* Has a few minor differences with [`fast-glob`](https://github.com/mrmlnc/fast-glob) for better accuracy:
*
* - Doesn't necessarily return `false` on patterns that include `\`.
* - Returns `true` if the pattern includes parentheses, regardless of them representing one single pattern or not.
* - Returns `true` for unfinished glob extensions i.e. `(h`, `+(h`.
* - Returns `true` for unfinished brace expansions as long as they include `,` or `..`.
*
* @see {@link https://superchupu.dev/tinyglobby/documentation#isDynamicPattern}
*/
function isDynamicPattern(pattern, options) {
	if ((options === null || options === void 0 ? void 0 : options.caseSensitiveMatch) === false) return true;
	const scan = import_picomatch.default.scan(pattern);
	return scan.isGlob || scan.negated;
}
function log(...tasks) {
	console.log(`[tinyglobby ${(/* @__PURE__ */ new Date()).toLocaleTimeString("es")}]`, ...tasks);
}
function ensureStringArray(value) {
	return typeof value === "string" ? [value] : value !== null && value !== void 0 ? value : [];
}
function normalizePattern(pattern, opts, props, isIgnore) {
	var _PARENT_DIRECTORY$exe;
	const cwd = opts.cwd;
	let result = pattern;
	if (pattern[pattern.length - 1] === "/") result = pattern.slice(0, -1);
	if (result[result.length - 1] !== "*" && opts.expandDirectories) result += "/**";
	const escapedCwd = escapePath(cwd);
	result = isAbsolute(result.replace(ESCAPING_BACKSLASHES, "")) ? posix.relative(escapedCwd, result) : posix.normalize(result);
	const parentDir = (_PARENT_DIRECTORY$exe = PARENT_DIRECTORY.exec(result)) === null || _PARENT_DIRECTORY$exe === void 0 ? void 0 : _PARENT_DIRECTORY$exe[0];
	const parts = splitPattern(result);
	if (parentDir) {
		const n = (parentDir.length + 1) / 3;
		let i = 0;
		const cwdParts = escapedCwd.split("/");
		while (i < n && parts[i + n] === cwdParts[cwdParts.length + i - n]) {
			result = result.slice(0, (n - i - 1) * 3) + result.slice((n - i) * 3 + parts[i + n].length + 1) || ".";
			i++;
		}
		const potentialRoot = posix.join(cwd, parentDir.slice(i * 3));
		if (potentialRoot[0] !== "." && props.root.length > potentialRoot.length) {
			props.root = ensureNonDriveRelativePath(potentialRoot);
			props.depthOffset = -n + i;
		}
	}
	if (!isIgnore && props.depthOffset >= 0) {
		var _props$commonPath;
		(_props$commonPath = props.commonPath) !== null && _props$commonPath !== void 0 || (props.commonPath = parts);
		const newCommonPath = [];
		const length = Math.min(props.commonPath.length, parts.length);
		for (let i = 0; i < length; i++) {
			const part = parts[i];
			if (part === "**" && !parts[i + 1]) {
				newCommonPath.pop();
				break;
			}
			if (i === parts.length - 1 || part !== props.commonPath[i] || isDynamicPattern(part)) break;
			newCommonPath.push(part);
		}
		props.depthOffset = newCommonPath.length;
		props.commonPath = newCommonPath;
		props.root = ensureNonDriveRelativePath(newCommonPath.length > 0 ? posix.join(cwd, ...newCommonPath) : cwd);
	}
	return result;
}
function processPatterns(options, patterns, props) {
	const matchPatterns = [];
	const ignorePatterns = [];
	for (const pattern of options.ignore) {
		if (!pattern) continue;
		if (pattern[0] !== "!" || pattern[1] === "(") ignorePatterns.push(normalizePattern(pattern, options, props, true));
	}
	for (const pattern of patterns) {
		if (!pattern) continue;
		if (pattern[0] !== "!" || pattern[1] === "(") matchPatterns.push(normalizePattern(pattern, options, props, false));
		else if (pattern[1] !== "!" || pattern[2] === "(") ignorePatterns.push(normalizePattern(pattern.slice(1), options, props, true));
	}
	return {
		match: matchPatterns,
		ignore: ignorePatterns
	};
}
function buildCrawler(options, patterns) {
	const cwd = options.cwd;
	const props = {
		root: cwd,
		depthOffset: 0
	};
	const processed = processPatterns(options, patterns, props);
	if (options.debug) log("internal processing patterns:", processed);
	const { absolute, caseSensitiveMatch, debug, dot, followSymbolicLinks, onlyDirectories } = options;
	const root = props.root.replace(BACKSLASHES, "");
	const matchOptions = {
		dot,
		nobrace: options.braceExpansion === false,
		nocase: !caseSensitiveMatch,
		noextglob: options.extglob === false,
		noglobstar: options.globstar === false,
		posix: true
	};
	const matcher = (0, import_picomatch.default)(processed.match, matchOptions);
	const ignore = (0, import_picomatch.default)(processed.ignore, matchOptions);
	const partialMatcher = getPartialMatcher(processed.match, matchOptions);
	const format = buildFormat(cwd, root, absolute);
	const excludeFormatter = absolute ? format : buildFormat(cwd, root, true);
	const excludePredicate = (_, p) => {
		const relativePath = excludeFormatter(p, true);
		return relativePath !== "." && !partialMatcher(relativePath) || ignore(relativePath);
	};
	let maxDepth;
	if (options.deep !== void 0) maxDepth = Math.round(options.deep - props.depthOffset);
	const crawler = new Builder({
		filters: [debug ? (p, isDirectory) => {
			const path = format(p, isDirectory);
			const matches = matcher(path) && !ignore(path);
			if (matches) log(`matched ${path}`);
			return matches;
		} : (p, isDirectory) => {
			const path = format(p, isDirectory);
			return matcher(path) && !ignore(path);
		}],
		exclude: debug ? (_, p) => {
			const skipped = excludePredicate(_, p);
			log(`${skipped ? "skipped" : "crawling"} ${p}`);
			return skipped;
		} : excludePredicate,
		fs: options.fs,
		pathSeparator: "/",
		relativePaths: !absolute,
		resolvePaths: absolute,
		includeBasePath: absolute,
		resolveSymlinks: followSymbolicLinks,
		excludeSymlinks: !followSymbolicLinks,
		excludeFiles: onlyDirectories,
		includeDirs: onlyDirectories || !options.onlyFiles,
		maxDepth,
		signal: options.signal
	}).crawl(root);
	if (options.debug) log("internal properties:", {
		...props,
		root
	});
	return [crawler, cwd !== root && !absolute && buildRelative(cwd, root)];
}
function formatPaths(paths, mapper) {
	if (mapper) for (let i = paths.length - 1; i >= 0; i--) paths[i] = mapper(paths[i]);
	return paths;
}
function getOptions(options) {
	const opts = Object.assign({}, options);
	for (const key in defaultOptions) if (opts[key] === void 0) Object.assign(opts, { [key]: defaultOptions[key] });
	opts.cwd = (opts.cwd instanceof URL ? fileURLToPath(opts.cwd) : resolve$1(opts.cwd || process.cwd())).replace(BACKSLASHES, "/");
	opts.ignore = ensureStringArray(opts.ignore);
	opts.fs && (opts.fs = {
		readdir: opts.fs.readdir || readdir$1,
		readdirSync: opts.fs.readdirSync || readdirSync,
		realpath: opts.fs.realpath || realpath,
		realpathSync: opts.fs.realpathSync || realpathSync,
		stat: opts.fs.stat || stat$1,
		statSync: opts.fs.statSync || statSync$1
	});
	if (opts.debug) log("globbing with options:", opts);
	return opts;
}
function getCrawler(globInput, inputOptions = {}) {
	var _ref;
	if (globInput && (inputOptions === null || inputOptions === void 0 ? void 0 : inputOptions.patterns)) throw new Error("Cannot pass patterns as both an argument and an option");
	const isModern = isReadonlyArray(globInput) || typeof globInput === "string";
	const patterns = ensureStringArray((_ref = isModern ? globInput : globInput.patterns) !== null && _ref !== void 0 ? _ref : "**/*");
	const options = getOptions(isModern ? inputOptions : globInput);
	return patterns.length > 0 ? buildCrawler(options, patterns) : [];
}
async function glob(globInput, options) {
	const [crawler, relative] = getCrawler(globInput, options);
	return crawler ? formatPaths(await crawler.withPromise(), relative) : [];
}
var import_picomatch, isReadonlyArray, BACKSLASHES, DRIVE_RELATIVE_PATH, isWin, ONLY_PARENT_DIRECTORIES, WIN32_ROOT_DIR, isRoot, splitPatternOptions, POSIX_UNESCAPED_GLOB_SYMBOLS, WIN32_UNESCAPED_GLOB_SYMBOLS, escapePosixPath, escapeWin32Path, escapePath, PARENT_DIRECTORY, ESCAPING_BACKSLASHES, defaultOptions;
var init_dist = __esmMin((() => {
	init_dist$1();
	import_picomatch = /* @__PURE__ */ __toESM(require_picomatch(), 1);
	isReadonlyArray = Array.isArray;
	BACKSLASHES = /\\/g;
	DRIVE_RELATIVE_PATH = /^[A-Za-z]:$/;
	isWin = process.platform === "win32";
	ONLY_PARENT_DIRECTORIES = /^(\/?\.\.)+$/;
	WIN32_ROOT_DIR = /^[A-Z]:\/$/i;
	isRoot = isWin ? (p) => WIN32_ROOT_DIR.test(p) : (p) => p === "/";
	splitPatternOptions = { parts: true };
	POSIX_UNESCAPED_GLOB_SYMBOLS = /(?<!\\)([()[\]{}*?|]|^!|[!+@](?=\()|\\(?![()[\]{}!*+?@|]))/g;
	WIN32_UNESCAPED_GLOB_SYMBOLS = /(?<!\\)([()[\]{}]|^!|[!+@](?=\())/g;
	escapePosixPath = (path) => path.replace(POSIX_UNESCAPED_GLOB_SYMBOLS, "\\$&");
	escapeWin32Path = (path) => path.replace(WIN32_UNESCAPED_GLOB_SYMBOLS, "\\$&");
	escapePath = isWin ? escapeWin32Path : escapePosixPath;
	PARENT_DIRECTORY = /^(\/?\.\.)+/;
	ESCAPING_BACKSLASHES = /\\(?=[()[\]{}!*+?@|])/g;
	defaultOptions = {
		caseSensitiveMatch: true,
		debug: !!process.env.TINYGLOBBY_DEBUG,
		expandDirectories: true,
		followSymbolicLinks: true,
		onlyFiles: true
	};
}));
/**
* A failure's class and message where the report names them; else as the first line of its text has them
* (`RangeError: quantity must be positive`). Jest and PHPUnit write no message, pytest no class, Go neither; Node's
* class is that of the cause in its text, pytest's fixtures put theirs in quotes.
*/
function testFailure(type, message, details) {
	let found = {
		type: SAYS_NOTHING.has(type) ? "" : type,
		message: SAYS_NOTHING.has(message) ? "" : message
	};
	if (found.message === "") found.message = firstMessageLine(details) || message;
	const fixture = /^failed on (setup|teardown) with "([\w.]+): (.*)"$/s.exec(found.message);
	if (fixture) found = {
		type: fixture[2] ?? "",
		message: `failed on ${fixture[1]}: ${fixture[3]}`
	};
	if (found.type === "") {
		const cause = /^ *cause: (?:Error \[((?!ERR_)\w+)\]|([A-Za-z_$][\w$]*))/m.exec(details.slice(0, MESSAGE_LIMIT));
		const prefix = ERROR_PREFIX.exec(found.message);
		if (type === "testCodeFailure" && cause) found.type = cause[1] ?? cause[2] ?? "";
		else if (prefix) found = {
			type: prefix[1] ?? "",
			message: found.message.slice(prefix[0].length)
		};
	} else if (found.message.startsWith(`${found.type}: `)) found.message = found.message.slice(found.type.length + 2);
	return {
		type: (found.type || type).slice(0, TYPE_LIMIT),
		message: cutMiddle(found.message, MESSAGE_LIMIT),
		details: details === "" ? cutMiddle(message, MESSAGE_LIMIT) : details
	};
}
/** The class that a stack trace begins with; '' where it begins with anything else. */
function errorTypeOf(trace) {
	return ERROR_LINE.exec(trace)?.[1] ?? "";
}
function firstMessageLine(details) {
	for (const line of details.slice(0, MESSAGE_LIMIT).split("\n", LINES_READ)) {
		const text = line.trim();
		if (text !== "" && !NOT_A_MESSAGE.test(text)) return text.replace(/^[\w./-]+\.go:\d+: /, "");
	}
	return "";
}
/**
* The failure of a test of which there is nothing but what it printed: its message is the first line that speaks of
* trouble, else the first. A test that printed nothing has failed in its own way, not in that of all silent ones.
*/
function silentFailure(type, name, output) {
	const lines = output.slice(0, MESSAGE_LIMIT).split("\n", LINES_READ);
	return testFailure(type, (lines.find((line) => TROUBLE.test(line)) ?? lines.find((line) => line.trim() !== ""))?.trim() ?? `${name} failed and said nothing`, output);
}
var MESSAGE_LIMIT, TYPE_LIMIT, LINES_READ, SAYS_NOTHING, NOT_A_MESSAGE, ERROR_PREFIX, ERROR_LINE, TROUBLE;
var init_test_failure = __esmMin((() => {
	init_bounded_text();
	MESSAGE_LIMIT = 8e3;
	TYPE_LIMIT = 200;
	LINES_READ = 200;
	SAYS_NOTHING = /* @__PURE__ */ new Set([
		"",
		"exception",
		"testCodeFailure",
		"Failed",
		"failed",
		"failure",
		"error"
	]);
	NOT_A_MESSAGE = /^(?:=== [A-Z]+ |--- (?:FAIL|SKIP|PASS): |[\w\\]+::\w+(?: with data set .*)?$|● |FAILED:$|\(?(?:in test file|from function|in file) .*[,)]$)/;
	ERROR_PREFIX = /^(?:Uncaught )?((?:[\w$]+[.\\])*[\w$]*(?:Error|Exception|Failure|Timeout|Warning))(?: \[\w+\])?: /;
	ERROR_LINE = /^(?:Uncaught )?((?:[\w$]+\.)*[\w$]*(?:Error|Exception|Failure))(?: \[\w+\])?:/;
	TROUBLE = /\b(?:error|fail(?:ed|ure)?|exception|assert\w*|panic(?:ked)?|fatal|abort(?:ed)?)\b/i;
}));
/**
* The result that a test of a CTRF report stands for; its framework is the report's. Null without a name.
*
* | status, or rawStatus                                      | outcome                                     |
* |-----------------------------------------------------------|---------------------------------------------|
* | passed                                                    | passed                                      |
* | failed                                                    | failed                                      |
* | failed or other, and timedOut, broken, interrupted, error | errored                                     |
* | skipped, pending                                          | skipped                                     |
* | other                                                     | errored with a message or trace, else skipped |
*/
function ctrfResult(test, framework) {
	const whole = text(test.name).trim();
	if (whole === "") return null;
	const outcome = outcomeOf$1(test);
	const written = suiteOf(test.suite);
	const suite = written === whole ? written.split(" > ").slice(0, -1).join(" > ") : written;
	const name = suite !== "" && whole.startsWith(`${suite} > `) ? whole.slice(suite.length + 3) : whole;
	return {
		framework,
		suite: cutName(suite, 300),
		file: cutName(text(test.filePath), 500),
		name: cutName(name, 500),
		parameters: cutName(parametersOf(test), 500),
		outcome,
		durationMs: milliseconds$2(test.duration),
		startedAt: instant$2(test.start),
		failure: failureOf$1(test, outcome),
		attempts: attemptsOf(test, outcome)
	};
}
function outcomeOf$1(test) {
	const status = text(test.status).toLowerCase();
	if (status === "passed") return "passed";
	if (status === "skipped" || status === "pending") return "skipped";
	if (ERRORED.test(text(test.rawStatus)) || ERRORED.test(status)) return "errored";
	if (status === "failed") return "failed";
	return text(test.message) + text(test.trace) === "" ? "skipped" : "errored";
}
function failureOf$1(test, outcome) {
	if (outcome !== "failed" && outcome !== "errored") return null;
	let message = text(test.message).trim();
	const trace = text(test.trace).trim();
	const type = errorTypeOf(trace);
	if (type !== "" && message.startsWith(`${type} `)) message = message.slice(type.length + 1);
	const details = trace.includes(message) ? trace : `${message}\n${trace}`.trim();
	return testFailure(type, message, details);
}
/**
* The attempts before the last. Reporters differ in whether they list the last one as well: where they say how often
* the test was repeated, as many attempts came before; else the last one listed is the last if it ended as the test did
* and a number says that the first one is listed too. Where the attempts are counted and not listed, they failed.
*/
function attemptsOf(test, outcome) {
	const listed = (Array.isArray(test.retryAttempts) ? test.retryAttempts : []).filter(isFields).map((fields) => {
		const ended = outcomeOf$1(fields);
		return {
			number: fields.attempt,
			result: {
				outcome: ended,
				durationMs: milliseconds$2(fields.duration),
				failure: failureOf$1(fields, ended)
			}
		};
	});
	const retries = typeof test.retries === "number" && test.retries >= 0 ? Math.trunc(test.retries) : null;
	if (listed.length === 0) {
		const failed = Math.min(retries ?? 0, MAX_ATTEMPTS$1) || (test.flaky === true && outcome === "passed" ? 1 : 0);
		return outcome === "skipped" ? [] : Array.from({ length: failed }, () => ({
			outcome: "failed",
			durationMs: null,
			failure: null
		}));
	}
	const last = listed.at(-1);
	const endsWithLast = last?.result.outcome === outcome && listed[0]?.number === 1 && last.number === listed.length && listed.length > 1;
	return (retries !== null ? listed.slice(0, Math.max(retries, listed.length - 1)) : endsWithLast ? listed.slice(0, -1) : listed).slice(0, MAX_ATTEMPTS$1).map(({ result }) => result);
}
/** A list of names, or as older reports have it one text in which ` > ` stands between them. */
function suiteOf(suite) {
	return Array.isArray(suite) ? suite.map(text).filter(Boolean).join(" > ") : text(suite).trim();
}
/** What the test was run with, and where: the same test in two browsers is two. A browser's version is no part of it. */
function parametersOf({ parameters, browser, device }) {
	const ran = new Map(Object.entries(isFields(parameters) ? parameters : {}));
	if (text(browser) !== "") ran.set("browser", text(browser).replace(/[\s/]v?\d[\w.]*$/, ""));
	if (text(device) !== "") ran.set("device", text(device));
	const sorted = [...ran].sort(([one], [two]) => one < two ? -1 : 1);
	return sorted.length === 0 ? "" : JSON.stringify(Object.fromEntries(sorted));
}
function isFields(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function text(value) {
	return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
function milliseconds$2(value) {
	if (typeof value !== "number" || !(value >= 0)) return null;
	const whole = Math.round(value);
	return whole <= MAX_DURATION_MS$3 ? whole : null;
}
function instant$2(value) {
	if (typeof value !== "number" || !(value > 0)) return null;
	const date = new Date(value < EARLIEST_MS / 100 ? value * 1e3 : value);
	return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? null : date.toISOString();
}
var MAX_ATTEMPTS$1, MAX_DURATION_MS$3, EARLIEST_MS, TEST_KEYS, WHOLE_KEYS, ERRORED;
var init_ctrf_test = __esmMin((() => {
	init_bounded_text();
	init_test_failure();
	MAX_ATTEMPTS$1 = 100;
	MAX_DURATION_MS$3 = 2147483647;
	EARLIEST_MS = 0xe8d4a51000;
	TEST_KEYS = new Set("name status rawStatus duration start message trace suite filePath retries flaky browser device parameters retryAttempts attempt".split(" "));
	WHOLE_KEYS = /* @__PURE__ */ new Set(["parameters"]);
	ERRORED = /^(?:timed ?out|timeout|interrupted|broken|error(?:ed)?|crashed|aborted)$/i;
}));
/** The text without terminal colours and control characters other than tab and line ends. */
function withoutIllegal(text) {
	return text.replace(ILLEGAL, "");
}
/** The same, and without halves of characters, of a text that did not come through the filter, having been escaped. */
function cleanText(text) {
	return withoutIllegal(text).toWellFormed();
}
var ILLEGAL, OPEN_SEQUENCE, IllegalFilter;
var init_illegal_characters = __esmMin((() => {
	ILLEGAL = /* @__PURE__ */ new RegExp("(?:\\u001b|\\[NON-XML-CHAR-0x1B\\])\\[[0-9;]*[A-Za-z]|\\[NON-XML-CHAR-0x[0-9A-F]{1,4}\\]|[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]", "g");
	OPEN_SEQUENCE = /(?:\u001b|\[NON-XML-CHAR-0x1B\])(?:\[[0-9;]{0,20})?$|\[(?:N[-ONXMLCHARx0-9A-F]{0,18})?$/;
	IllegalFilter = class {
		#carried = "";
		next(piece) {
			const whole = this.#carried + piece;
			const from = Math.max(0, whole.length - 64);
			this.#carried = OPEN_SEQUENCE.exec(whole.slice(from))?.[0] ?? "";
			return withoutIllegal(whole.slice(0, whole.length - this.#carried.length));
		}
		/** What was held back, once there is no more. */
		end() {
			return withoutIllegal(this.#carried);
		}
	};
}));
var MAX_MESSAGE, ReportBreak;
var init_report_break = __esmMin((() => {
	MAX_MESSAGE = 300;
	ReportBreak = class extends Error {
		name = "ReportBreak";
		line;
		column;
		constructor(message, line, column) {
			super(message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message);
			this.line = line;
			this.column = column;
		}
	};
}));
var MAX_DEPTH$2, MAX_KEY, MAX_LITERAL, ESCAPES, NUMBER, LITERALS, JsonStream;
var init_json_stream = __esmMin((() => {
	init_bounded_text();
	init_illegal_characters();
	init_report_break();
	MAX_DEPTH$2 = 200;
	MAX_KEY = 1e3;
	MAX_LITERAL = 1e3;
	ESCAPES = {
		"\"": "\"",
		"\\": "\\",
		"/": "/",
		b: "\b",
		f: "\f",
		n: "\n",
		r: "\r",
		t: "	"
	};
	NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
	LITERALS = /* @__PURE__ */ new Map([
		["true", true],
		["false", false],
		["null", null]
	]);
	JsonStream = class {
		#handler;
		#open = [];
		#expected = "a value";
		#string = null;
		#isKey = false;
		/** The beginning of an escape sequence. */
		#escape = "";
		#literal = "";
		#piece = "";
		#at = 0;
		/** Where the piece begins. */
		#line = 1;
		#column = 1;
		constructor(handler) {
			this.#handler = handler;
		}
		write(text) {
			this.#piece = text;
			this.#at = 0;
			while (this.#at < text.length) if (this.#string !== null && this.#escape !== "") this.#readEscape(this.#string);
			else if (this.#string !== null) this.#readString(this.#string);
			else if (this.#literal !== "" || /[-+.\w]/.test(text.charAt(this.#at))) this.#readLiteral();
			else this.#readMark(text.charAt(this.#at));
			[this.#line, this.#column] = this.position;
			this.#piece = "";
			this.#at = 0;
		}
		end() {
			if (this.#literal !== "") this.#endLiteral();
			if (this.#string !== null) this.fail("the file ends inside a string");
			const open = this.#open.at(-1);
			if (open !== void 0) this.fail(`the file ends inside an ${open}`);
			if (this.#expected !== "nothing more") this.fail("the file is empty");
		}
		/** Line and column that are being read. */
		get position() {
			const read = this.#piece.slice(0, this.#at);
			const lineStart = read.lastIndexOf("\n") + 1;
			if (lineStart === 0) return [this.#line, this.#column + read.length];
			return [this.#line + read.split("\n").length - 1, read.length - lineStart + 1];
		}
		/** Stops reading at the present place. */
		fail(message) {
			throw new ReportBreak(message, ...this.position);
		}
		#readMark(mark) {
			const parent = this.#open.at(-1);
			if (mark === "\"") this.#openString();
			else if (mark === "{" || mark === "[") this.#openContainer(mark === "{" ? "object" : "array");
			else if (mark === "}" && parent === "object" || mark === "]" && parent === "array") this.#closeContainer();
			else if (mark === ":" && this.#expected === "a colon") this.#expected = "a value";
			else if (mark === "," && this.#expected === "a comma or the end") this.#expected = parent === "object" ? "a key" : "a value";
			else if (!/[ \t\r\n]/.test(mark)) this.#unexpected(mark);
			this.#at += 1;
		}
		#openContainer(kind) {
			this.#expectValue(kind === "object" ? "{" : "[");
			if (this.#open.length >= MAX_DEPTH$2) this.fail(`values are nested more than ${MAX_DEPTH$2} deep`);
			this.#open.push(kind);
			this.#expected = kind === "object" ? "a key or }" : "a value or ]";
			this.#handler.open(kind);
		}
		#closeContainer() {
			if (!(this.#expected === "a comma or the end" || this.#expected === "a key or }" || this.#expected === "a value or ]")) this.#unexpected(this.#piece.charAt(this.#at));
			this.#open.pop();
			this.#valueEnded();
			this.#handler.close();
		}
		#openString() {
			this.#isKey = this.#expected === "a key" || this.#expected === "a key or }";
			if (!this.#isKey) this.#expectValue("\"");
			this.#string = new BoundedText(DETAILS_LIMIT);
		}
		#readString(string) {
			const text = this.#piece;
			let end = this.#at;
			let code = text.charCodeAt(end);
			while (end < text.length && code !== 34 && code !== 92 && code >= 32) code = text.charCodeAt(++end);
			string.add(text.slice(this.#at, end));
			this.#at = end;
			if (end === text.length) return;
			if (code < 32) this.fail("a line ends, or a tab stands, inside a string");
			this.#at += 1;
			if (code === 92) this.#escape = "\\";
			else this.#endString(string);
		}
		#readEscape(string) {
			const next = this.#piece.charAt(this.#at);
			const isCode = this.#escape.length > 1 || next === "u";
			const character = ESCAPES[next];
			if (isCode ? this.#escape.length > 1 && !/[0-9a-f]/i.test(next) : character === void 0) this.fail(`\\${this.#escape.slice(1)}${next} is no escape sequence`);
			this.#at += 1;
			this.#escape += next;
			if (isCode && this.#escape.length < 6) return;
			string.add(isCode ? String.fromCharCode(Number.parseInt(this.#escape.slice(2), 16)) : character ?? "");
			this.#escape = "";
		}
		#endString(string) {
			this.#string = null;
			const text = cleanText(string.toString());
			if (this.#isKey) {
				this.#expected = "a colon";
				this.#handler.key(text.slice(0, MAX_KEY));
			} else {
				this.#valueEnded();
				this.#handler.value(text);
			}
		}
		#readLiteral() {
			const literal = /[-+.\w]*/y;
			literal.lastIndex = this.#at;
			const [part = ""] = literal.exec(this.#piece) ?? [];
			if (this.#literal === "") this.#expectValue(part.charAt(0));
			this.#literal += part;
			if (this.#literal.length > MAX_LITERAL) this.fail("a number or word is too long");
			this.#at += part.length;
			if (this.#at < this.#piece.length) this.#endLiteral();
		}
		#endLiteral() {
			const literal = this.#literal;
			this.#literal = "";
			const known = LITERALS.get(literal);
			if (known === void 0 && !NUMBER.test(literal)) this.fail(`${literal.slice(0, 20)} is no value`);
			this.#valueEnded();
			this.#handler.value(known === void 0 ? Number(literal) : known);
		}
		#expectValue(found) {
			if (this.#expected !== "a value" && this.#expected !== "a value or ]") this.#unexpected(found);
		}
		#valueEnded() {
			this.#expected = this.#open.length === 0 ? "nothing more" : "a comma or the end";
		}
		#unexpected(found) {
			this.fail(`${this.#expected} is expected, not ${found}`);
		}
	};
}));
var MAX_VALUES, MAX_CHARACTERS, JsonObject;
var init_json_value = __esmMin((() => {
	MAX_VALUES = 2e4;
	MAX_CHARACTERS = 8e6;
	JsonObject = class {
		#wanted;
		/** Below these keys, everything is wanted. */
		#whole;
		#root = Object.create(null);
		#open = [this.#root];
		#key = "";
		#keys = [];
		/** How many containers are open that are not wanted. */
		#unwanted = 0;
		#values = 0;
		#characters = 0;
		constructor(wanted, whole) {
			this.#wanted = wanted;
			this.#whole = whole;
		}
		/** What has come so far. */
		get value() {
			return this.#root;
		}
		key(name) {
			this.#key = name;
		}
		open(kind) {
			if (this.#unwanted > 0 || !this.#isWanted(0)) {
				this.#unwanted += 1;
				return;
			}
			const container = kind === "array" ? [] : Object.create(null);
			this.#put(container);
			this.#open.push(container);
			this.#keys.push(this.#key);
		}
		scalar(value) {
			const length = typeof value === "string" ? value.length : 0;
			if (this.#unwanted === 0 && this.#isWanted(length)) this.#put(value);
		}
		/** Whether this was the end of the object itself. */
		close() {
			if (this.#unwanted > 0) {
				this.#unwanted -= 1;
				return false;
			}
			this.#open.pop();
			this.#key = this.#keys.pop() ?? "";
			return this.#open.length === 0;
		}
		#isWanted(length) {
			this.#values += 1;
			this.#characters += length;
			if (this.#values > MAX_VALUES || this.#characters > MAX_CHARACTERS) return false;
			return Array.isArray(this.#open.at(-1)) || this.#wanted.has(this.#key) || this.#keys.some((key) => this.#whole.has(key));
		}
		#put(value) {
			const parent = this.#open.at(-1);
			if (Array.isArray(parent)) parent.push(value);
			else if (parent !== void 0) parent[this.#key] = value;
		}
	};
}));
var IN_MEMORY, CHUNK, Spool$1;
var init_spool$1 = __esmMin((() => {
	IN_MEMORY = 1e6;
	CHUNK = 65536;
	Spool$1 = class {
		#lines = [];
		#characters = 0;
		#directory = "";
		#file = null;
		#inMemory;
		constructor(inMemory = IN_MEMORY) {
			this.#inMemory = inMemory;
		}
		add(item) {
			const line = `${JSON.stringify(item)}\n`;
			this.#lines.push(line);
			this.#characters += line.length;
			if (this.#characters < this.#inMemory) return;
			this.#file ??= this.#open();
			writeSync(this.#file, this.#lines.join(""));
			this.#lines = [];
			this.#characters = 0;
		}
		/** Everything that was put in, the first one first; nothing may be added meanwhile. */
		*items() {
			yield* this.#stored();
			for (const line of this.#lines) yield JSON.parse(line);
		}
		close() {
			if (this.#file !== null) closeSync(this.#file);
			this.#file = null;
			this.#lines = [];
			if (this.#directory !== "") rmSync(this.#directory, {
				recursive: true,
				force: true
			});
		}
		#open() {
			this.#directory = mkdtempSync(join(tmpdir(), "defectxray-report-"));
			const file = openSync(join(this.#directory, "held"), "wx+", 384);
			if (process.platform !== "win32") rmSync(this.#directory, {
				recursive: true,
				force: true
			});
			return file;
		}
		*#stored() {
			if (this.#file === null) return;
			const decoder = new StringDecoder("utf8");
			const chunk = Buffer.alloc(CHUNK);
			const { size } = fstatSync(this.#file);
			let line = [];
			for (let position = 0; position < size;) {
				const read = readSync(this.#file, chunk, 0, CHUNK, position);
				if (read === 0) break;
				position += read;
				const [first = "", ...others] = decoder.write(chunk.subarray(0, read)).split("\n");
				line.push(first);
				for (const next of others) {
					yield JSON.parse(line.join(""));
					line = [next];
				}
			}
		}
	};
}));
var TESTS, SHOWN_KEYS, CtrfParser;
var init_ctrf = __esmMin((() => {
	init_bounded_text();
	init_ctrf_test();
	init_json_stream();
	init_json_value();
	init_spool$1();
	TESTS = "/results/tests";
	SHOWN_KEYS = 5;
	CtrfParser = class {
		#json = new JsonStream(this);
		#note;
		/** The keys of the containers that are open, `''` for those without one. */
		#path = [];
		#key = "";
		#rootKeys = [];
		#test = null;
		#framework = null;
		#hasTests = false;
		#tests = 0;
		#counted = null;
		#held = new Spool$1();
		#results = [];
		constructor(note) {
			this.#note = note;
		}
		write(text) {
			this.#json.write(text);
		}
		end() {
			this.#json.end();
			if (!this.#hasTests) {
				const keys = this.#rootKeys.length === 0 ? "" : `; it begins with ${this.#rootKeys.join(", ")}`;
				this.#json.fail(`not a CTRF report: it has no array results.tests${keys}`);
			}
			if (this.#counted !== null && this.#counted > this.#tests) this.#note(...this.#json.position, `the summary counts ${this.#counted} tests, the report holds ${this.#tests}`);
		}
		take() {
			return this.#results.splice(0);
		}
		*rest() {
			const framework = this.#framework ?? "";
			for (const result of this.#held.items()) yield {
				...result,
				framework
			};
		}
		dispose() {
			this.#held.close();
		}
		open(kind) {
			if (this.#test !== null) {
				this.#test.open(kind);
				return;
			}
			if (this.#path.length === 0 && kind === "array") this.#json.fail("not a CTRF report: it is an array, not an object");
			this.#path.push(this.#path.length === 0 ? "" : this.#key);
			this.#key = "";
			const path = this.#path.join("/");
			if (path === TESTS && kind === "array") this.#hasTests = true;
			if (path === `${TESTS}/` && kind === "object") this.#test = new JsonObject(TEST_KEYS, WHOLE_KEYS);
		}
		key(name) {
			this.#key = name;
			this.#test?.key(name);
			if (this.#path.length === 1 && this.#rootKeys.length < SHOWN_KEYS) this.#rootKeys.push(name.slice(0, 40));
		}
		value(value) {
			if (this.#test !== null) {
				this.#test.scalar(value);
				return;
			}
			const path = `${this.#path.join("/")}/${this.#key}`;
			if (path === "/results/tool/name" && typeof value === "string") this.#framework = cutName(value.trim().toLowerCase(), 100);
			if (path === "/results/summary/tests" && typeof value === "number") this.#counted = value;
			if (this.#path.length === 0) this.#json.fail("not a CTRF report: it is no object");
		}
		close() {
			if (this.#test !== null) {
				if (!this.#test.close()) return;
				this.#add(this.#test);
				this.#test = null;
			}
			this.#path.pop();
			this.#key = "";
		}
		#add(test) {
			this.#tests += 1;
			const result = ctrfResult(test.value, this.#framework ?? "");
			if (result === null) this.#note(...this.#json.position, `test ${this.#tests} has no name: it is left out`);
			else if (this.#framework === null) this.#held.add(result);
			else this.#results.push(result);
		}
	};
}));
/** Says what a report is whose text begins with `start`; null where more of it is needed. */
function detectFormat(start, isWhole) {
	const text = start.trimStart();
	if (text === "" && isWhole && start.length < 65536) return { looksLike: "the file is empty" };
	if (text === "") return start.length < 65536 ? null : { looksLike: "it begins with too much white space" };
	if (text.startsWith("<")) return { format: "xml" };
	if (text.startsWith("{")) return detectJson(text, isWhole);
	if (text.startsWith("[")) return { looksLike: `it looks like a JSON array, which no report is: ${READ}` };
	const lines = isWhole ? start : start.slice(0, start.lastIndexOf("\n") + 1);
	if (TAP_LINE.test(lines)) return { format: "tap" };
	if (!isWhole && start.length < 65536) return null;
	return { looksLike: `${described(text)}: ${READ}` };
}
/** A program that writes a JSON document for each event is no report; only its second line shows it. */
function detectJson(text, isWhole) {
	const end = text.indexOf("\n");
	if (end < 0) return isWhole || text.length > 65536 ? { format: "ctrf" } : null;
	if (/^\{.*"(?:Action|Test|Time|event|type)":.*\}\s*$/.test(text.slice(0, end)) && text.slice(end).trimStart().startsWith("{")) return { looksLike: `it looks like JSON lines, as \`go test -json\` writes them: ${READ}` };
	return text.slice(end).trim() === "" && !isWhole ? null : { format: "ctrf" };
}
function described(text) {
	const start = text.slice(0, 256);
	if (start.startsWith("PK")) return "it looks like a ZIP archive";
	if ((start.match(/\ufffd/g)?.length ?? 0) > 3) return "it looks like something that is no text, such as an archive";
	return `it looks like plain text, beginning with "${start.split("\n", 1)[0]?.trim().slice(0, 60)}"`;
}
var READ, TAP_LINE;
var init_detect_format = __esmMin((() => {
	READ = "JUnit XML, CTRF (JSON), TRX and TAP are read";
	TAP_LINE = /^ {0,8}(?:TAP version \d+\s*$|1\.\.\d+\s*(?:#.*)?$|(?:not )?ok\b(?:\s+\d+\b|\s+- |\s*$)|Bail out!)/m;
}));
/**
* The text of a report, decoded and without illegal control characters, in pieces of at most about 16,000 characters.
* The encoding is that of the byte order mark (which is left out), else UTF-16 if the first character shows it, else
* what an XML declaration names, else UTF-8; bytes that are none become U+FFFD.
*/
async function* reportText(chunks) {
	const filter = new IllegalFilter();
	let decoder = null;
	let first = /* @__PURE__ */ new Uint8Array(0);
	for await (let chunk of chunks) {
		if (decoder === null) {
			first = concat(first, chunk);
			if (first.length < SNIFFED) continue;
			decoder = decoderOf(first);
			chunk = first;
		}
		for (let start = 0; start < chunk.length; start += SLICE) yield filter.next(decoder.decode(chunk.subarray(start, start + SLICE), { stream: true }));
	}
	if (decoder === null) {
		decoder = decoderOf(first);
		yield filter.next(decoder.decode(first, { stream: true }));
	}
	yield filter.next(decoder.decode()) + filter.end();
}
function concat(a, b) {
	const both = new Uint8Array(a.length + b.length);
	both.set(a);
	both.set(b, a.length);
	return both;
}
function decoderOf(first) {
	const [a = 0, b = 0] = first;
	if (a === 255 && b === 254 || a > 0 && a < 128 && b === 0 && first.length > 1) return new TextDecoder("utf-16le");
	if (a === 254 && b === 255 || a === 0 && b > 0 && b < 128) return new TextDecoder("utf-16be");
	if (a === 239 && b === 187) return new TextDecoder("utf-8");
	const declaration = new TextDecoder("latin1").decode(first.subarray(0, SNIFFED));
	const name = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(declaration)?.[1] ?? "utf-8";
	if (/^(?:utf-?16|ucs-?2)/i.test(name)) return new TextDecoder("utf-8");
	try {
		return new TextDecoder(name);
	} catch {
		return new TextDecoder("utf-8");
	}
}
var SLICE, SNIFFED;
var init_report_text = __esmMin((() => {
	init_illegal_characters();
	SLICE = 16384;
	SNIFFED = 256;
}));
/**
* The framework that wrote a test, from what it alone writes; '' when nothing tells. It depends on the test's own
* ancestors only, so that it is the same in whatever order tests are reported.
*
* | framework  | what tells it                                                                  |
* |------------|--------------------------------------------------------------------------------|
* | vitest, jest, mocha, pytest, nextest, gtest | the root's name                                |
* | cypress    | Mocha's root, and a file or name below `cypress/`                              |
* | pytest     | a suite named `pytest`                                                         |
* | rspec      | a suite named `rspec`                                                          |
* | phpunit    | `assertions` and `class` on a test                                             |
* | go         | the property `go.version`                                                      |
* | junit      | the property `java.version`, or Surefire's schema                              |
* | dotnet     | a suite named after a `.dll`                                                   |
* | bats       | a suite named after a `.bats`                                                  |
* | catch2     | a suite on the host `tbd`                                                      |
* | ctest      | no root, a `status`, and the test's name as its class                          |
* | playwright | a root with an `id`, and tests whose class is a suite named after a script     |
* | jasmine    | a root without a name that counts `disabled`, and suites on `localhost`        |
* | node       | a root without attributes around suites with `disabled`, or the class `test`   |
*/
function detectFramework({ root, suites, testcase }) {
	const suite = suites.at(-1)?.attributes ?? {};
	const named = ROOT_NAMES[root?.name ?? ""];
	if (named === "mocha" && suites.some((s) => /(?:^|[\\/])cypress[\\/]/.test(s.attributes.file ?? ""))) return "cypress";
	if (named !== void 0) return named;
	const outermost = suites[0]?.attributes.name ?? "";
	if (outermost === "pytest" || outermost === "rspec") return outermost;
	if (testcase.assertions !== void 0 && testcase.class !== void 0) return "phpunit";
	if (suites.some((s) => s.properties.has("go.version"))) return "go";
	const schema = suites[0]?.attributes["xsi:noNamespaceSchemaLocation"] ?? "";
	if (suites.some((s) => s.properties.has("java.version")) || schema.includes("surefire")) return "junit";
	if (/\.dll$/i.test(outermost)) return "dotnet";
	if (outermost.endsWith(".bats")) return "bats";
	if (suite.hostname === "tbd") return "catch2";
	if (root === null && testcase.status !== void 0 && testcase.classname === testcase.name) return "ctest";
	if (root?.id !== void 0 && testcase.classname === suite.name && /\.[cm]?[jt]sx?$/.test(suite.name ?? "")) return "playwright";
	if (root?.disabled !== void 0 && root.name === void 0 && suite.hostname === "localhost") return "jasmine";
	if (root !== null && Object.keys(root).length === 0 && (testcase.classname === "test" || suite.disabled !== void 0 && suite.hostname !== void 0)) return "node";
	return "";
}
/**
* Who a test is.
*
* - suite: the test's class; where that only repeats the name (Jest, Mocha) or says nothing (Node), the names of the
*   suites around it, joined by ` > `. None of CTest's, whose suite is the machine's name for the build.
* - file: of the test or the nearest suite around it; else its class or suite if that is a source file's name.
* - parameters: what pytest writes in brackets, PHPUnit's data set, Playwright's project (the same test once for each
*   browser). Of other frameworks they stay in the name, as do Go's subtests: only the runner knows where they begin.
*/
function testIdentity(context) {
	const framework = detectFramework(context);
	const read = (value) => (framework === "node" ? value?.replaceAll("&quot;", "\"") : value)?.trim() ?? "";
	const { testcase } = context;
	const suites = context.suites.map((suite) => suite.attributes);
	const nearest = suites.at(-1);
	const path = suites.map((suite) => read(suite.name)).filter((name) => name !== "");
	const wholeName = read(testcase.name);
	const className = read(testcase.classname) || read(testcase.class);
	const repeats = framework === "node" || className === wholeName || framework === "mocha" && wholeName.endsWith(className);
	const suite = framework === "ctest" ? "" : className === "" || repeats ? path.join(" > ") : className;
	const { name, parameters } = splitParameters(framework, wholeName, nearest);
	const file = [
		testcase.file,
		testcase.filepath,
		...suites.toReversed().flatMap((s) => [s.file, s.filepath])
	].find(Boolean) ?? [className, read(nearest?.name)].find((candidate) => SOURCE_FILE.test(candidate) && !candidate.includes(" "));
	return {
		framework,
		suite: cutName(suite, 300),
		file: cutName(file ?? "", 500),
		name: cutName(name || className || "(no name)", 500),
		parameters: cutName(parameters, 500)
	};
}
function splitParameters(framework, name, suite) {
	if (framework === "playwright") return {
		name,
		parameters: suite?.hostname ?? ""
	};
	const match = {
		pytest: /^([^[]+)\[(.*)\]$/s,
		phpunit: /^(.+?) with data set (?:"(.*)"|(#\d+))(?: \(.*\))?$/s
	}[framework]?.exec(name);
	return match ? {
		name: match[1] ?? name,
		parameters: match[2] ?? match[3] ?? ""
	} : {
		name,
		parameters: ""
	};
}
var ROOT_NAMES, SOURCE_FILE;
var init_junit_identity = __esmMin((() => {
	init_bounded_text();
	ROOT_NAMES = {
		"vitest tests": "vitest",
		"jest tests": "jest",
		"Mocha Tests": "mocha",
		"pytest tests": "pytest",
		"nextest-run": "nextest",
		AllTests: "gtest"
	};
	SOURCE_FILE = /\.(?:[cm]?[jt]sx?|py|rb|php|go|java|kt|cs|rs|vue|svelte|feature|bats|robot)$/i;
}));
/**
* Create a normalized scalar tag definition.
*
* @category Tags
*/
function defineScalarTag(tagName, options) {
	return {
		tagName,
		nodeKind: "scalar",
		implicit: options.implicit ?? false,
		matchByTagPrefix: options.matchByTagPrefix ?? false,
		implicitFirstChars: options.implicitFirstChars ?? null,
		resolve: options.resolve,
		identify: options.identify,
		represent: options.represent ?? ((data) => String(data)),
		representTagName: options.representTagName ?? (() => tagName)
	};
}
/**
* Create a normalized sequence tag definition.
*
* @category Tags
*/
function defineSequenceTag(tagName, options) {
	const carrierIsResult = options.finalize === void 0;
	return {
		tagName,
		nodeKind: "sequence",
		implicit: false,
		matchByTagPrefix: options.matchByTagPrefix ?? false,
		create: options.create,
		addItem: options.addItem,
		finalize: options.finalize ?? ((carrier) => carrier),
		carrierIsResult,
		identify: options.identify,
		represent: options.represent ?? ((data) => data),
		representTagName: options.representTagName ?? (() => tagName)
	};
}
/**
* Create a normalized mapping tag definition.
*
* @category Tags
*/
function defineMappingTag(tagName, options) {
	const carrierIsResult = options.finalize === void 0;
	return {
		tagName,
		nodeKind: "mapping",
		implicit: false,
		matchByTagPrefix: options.matchByTagPrefix ?? false,
		create: options.create,
		addPair: options.addPair,
		has: options.has,
		keys: options.keys,
		get: options.get,
		finalize: options.finalize ?? ((carrier) => carrier),
		carrierIsResult,
		identify: options.identify,
		represent: options.represent ?? ((data) => data),
		representTagName: options.representTagName ?? (() => tagName)
	};
}
function parseYamlInteger$2(source) {
	let value = source;
	let sign = 1;
	if (value[0] === "-" || value[0] === "+") {
		if (value[0] === "-") sign = -1;
		value = value.slice(1);
	}
	if (value.startsWith("0b")) return sign * parseInt(value.slice(2), 2);
	if (value.startsWith("0o")) return sign * parseInt(value.slice(2), 8);
	if (value.startsWith("0x")) return sign * parseInt(value.slice(2), 16);
	return sign * parseInt(value, 10);
}
function resolveYamlInteger$2(source, isExplicit) {
	if (isExplicit) {
		if (!YAML_INTEGER_EXPLICIT_PATTERN$1.test(source)) return NOT_RESOLVED;
	} else if (!YAML_INTEGER_IMPLICIT_PATTERN$1.test(source)) return NOT_RESOLVED;
	const result = parseYamlInteger$2(source);
	return Number.isFinite(result) ? result : NOT_RESOLVED;
}
function parseYamlInteger$1(source) {
	let value = source;
	let sign = 1;
	if (value[0] === "-" || value[0] === "+") {
		if (value[0] === "-") sign = -1;
		value = value.slice(1);
	}
	if (value.startsWith("0b")) return sign * parseInt(value.slice(2), 2);
	if (value.startsWith("0o")) return sign * parseInt(value.slice(2), 8);
	if (value.startsWith("0x")) return sign * parseInt(value.slice(2), 16);
	return sign * parseInt(value, 10);
}
function resolveYamlInteger$1(source, isExplicit) {
	if (isExplicit) {
		if (!YAML_INTEGER_EXPLICIT_PATTERN.test(source)) return NOT_RESOLVED;
	} else if (!YAML_INTEGER_IMPLICIT_PATTERN.test(source)) return NOT_RESOLVED;
	const result = parseYamlInteger$1(source);
	return Number.isFinite(result) ? result : NOT_RESOLVED;
}
function parseYamlInteger(source) {
	let value = source.replace(/_/g, "");
	let sign = 1;
	if (value[0] === "-" || value[0] === "+") {
		if (value[0] === "-") sign = -1;
		value = value.slice(1);
	}
	if (value.startsWith("0b")) return sign * parseInt(value.slice(2), 2);
	if (value.startsWith("0x")) return sign * parseInt(value.slice(2), 16);
	if (value.includes(":")) {
		let result = 0;
		for (const part of value.split(":")) result = result * 60 + Number(part);
		return sign * result;
	}
	if (value !== "0" && value[0] === "0") return sign * parseInt(value, 8);
	return sign * parseInt(value, 10);
}
function resolveYamlInteger(source) {
	if (!YAML_INTEGER_PATTERN.test(source)) return NOT_RESOLVED;
	const result = parseYamlInteger(source);
	return Number.isFinite(result) ? result : NOT_RESOLVED;
}
function resolveYamlFloat$2(source) {
	if (!YAML_FLOAT_PATTERN$1.test(source)) return NOT_RESOLVED;
	let value = source.toLowerCase();
	const sign = value[0] === "-" ? -1 : 1;
	if ("+-".includes(value[0])) value = value.slice(1);
	if (value === ".inf") return sign === 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
	if (value === ".nan") return NaN;
	const result = sign * parseFloat(value);
	if (Number.isFinite(result) || YAML_FLOAT_SPECIAL_PATTERN$1.test(source)) return result;
	return NOT_RESOLVED;
}
function representYamlFloat$2(object) {
	if (isNaN(object)) return ".nan";
	if (object === Number.POSITIVE_INFINITY) return ".inf";
	if (object === Number.NEGATIVE_INFINITY) return "-.inf";
	if (Object.is(object, -0)) return "-0.0";
	const result = object.toString(10);
	return /^[-+]?[0-9]+e/.test(result) ? result.replace("e", ".e") : result;
}
function resolveYamlFloat$1(source, isExplicit) {
	if (isExplicit) {
		if (!YAML_FLOAT_EXPLICIT_PATTERN.test(source)) return NOT_RESOLVED;
		let value = source.toLowerCase();
		const sign = value[0] === "-" ? -1 : 1;
		if ("+-".includes(value[0])) value = value.slice(1);
		if (value === ".inf") return sign === 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
		if (value === ".nan") return NaN;
		const result = sign * parseFloat(value);
		return Number.isFinite(result) ? result : NOT_RESOLVED;
	}
	if (!YAML_FLOAT_IMPLICIT_PATTERN.test(source)) return NOT_RESOLVED;
	const result = Number(source);
	if (Number.isFinite(result)) return result;
	return NOT_RESOLVED;
}
function representYamlFloat$1(object) {
	if (isNaN(object)) return ".nan";
	if (object === Number.POSITIVE_INFINITY) return ".inf";
	if (object === Number.NEGATIVE_INFINITY) return "-.inf";
	if (Object.is(object, -0)) return "-0.0";
	const result = object.toString(10);
	return /^[-+]?[0-9]+e/.test(result) ? result.replace("e", ".e") : result;
}
function resolveYamlFloat(source) {
	if (!YAML_FLOAT_PATTERN.test(source)) return NOT_RESOLVED;
	let value = source.toLowerCase().replace(/_/g, "");
	const sign = value[0] === "-" ? -1 : 1;
	if ("+-".includes(value[0])) value = value.slice(1);
	if (value === ".inf") return sign === 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
	if (value === ".nan") return NaN;
	let result = 0;
	if (value.includes(":")) {
		for (const part of value.split(":")) result = result * 60 + Number(part);
		result *= sign;
	} else result = sign * parseFloat(value);
	if (Number.isFinite(result) || YAML_FLOAT_SPECIAL_PATTERN.test(source)) return result;
	return NOT_RESOLVED;
}
function representYamlFloat(object) {
	if (isNaN(object)) return ".nan";
	if (object === Number.POSITIVE_INFINITY) return ".inf";
	if (object === Number.NEGATIVE_INFINITY) return "-.inf";
	if (Object.is(object, -0)) return "-0.0";
	const result = object.toString(10);
	return /^[-+]?[0-9]+e/.test(result) ? result.replace("e", ".e") : result;
}
function resolveYamlBinary(source) {
	const input = source.replace(/\s/g, "");
	if (input.length % 4 !== 0 || !BASE64_PATTERN.test(input)) return NOT_RESOLVED;
	const binary = atob(input);
	const result = new Uint8Array(binary.length);
	for (let index = 0; index < binary.length; index++) result[index] = binary.charCodeAt(index);
	return result;
}
function representYamlBinary(object) {
	let binary = "";
	for (let index = 0; index < object.length; index++) binary += String.fromCharCode(object[index]);
	return btoa(binary);
}
function makeUtcDate(year, month, day, hour = 0, minute = 0, second = 0, fraction = 0) {
	const date = new Date(Date.UTC(year, month, day, hour, minute, second, fraction));
	date.setUTCFullYear(year, month, day);
	return date;
}
function resolveYamlTimestamp(source) {
	let match = YAML_DATE_REGEXP.exec(source);
	if (match === null) match = YAML_TIMESTAMP_REGEXP.exec(source);
	if (match === null) return NOT_RESOLVED;
	const year = +match[1];
	const month = +match[2] - 1;
	const day = +match[3];
	if (!match[4]) {
		const date = makeUtcDate(year, month, day);
		if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month || date.getUTCDate() !== day) return NOT_RESOLVED;
		return date;
	}
	const hour = +match[4];
	const minute = +match[5];
	const second = +match[6];
	let fraction = 0;
	if (hour > 23 || minute > 59 || second > 59) return NOT_RESOLVED;
	if (match[7]) {
		let value = match[7].slice(0, 3);
		while (value.length < 3) value += "0";
		fraction = +value;
	}
	const date = makeUtcDate(year, month, day, hour, minute, second, fraction);
	if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month || date.getUTCDate() !== day) return NOT_RESOLVED;
	if (match[9]) {
		const offsetHour = +match[10];
		const offsetMinute = +(match[11] || 0);
		if (offsetHour > 23 || offsetMinute > 59) return NOT_RESOLVED;
		const offset = (offsetHour * 60 + offsetMinute) * 6e4;
		date.setTime(date.getTime() - (match[9] === "-" ? -offset : offset));
	}
	return date;
}
function isPlainObject(data) {
	if (data === null || typeof data !== "object" || Array.isArray(data)) return false;
	const prototype = Object.getPrototypeOf(data);
	return prototype === null || prototype === Object.prototype;
}
function pick(object, keys) {
	const result = {};
	for (const key of keys) if (object[key] !== void 0) result[key] = object[key];
	return result;
}
function createTagDefinitionMap() {
	return {
		scalar: Object.create(null),
		sequence: Object.create(null),
		mapping: Object.create(null)
	};
}
function createTagDefinitionListMap() {
	return {
		scalar: [],
		sequence: [],
		mapping: []
	};
}
function compileTags(tags) {
	const result = [];
	for (const tag of tags) {
		let index = result.length;
		for (let previousIndex = 0; previousIndex < result.length; previousIndex++) {
			const previous = result[previousIndex];
			if (previous.nodeKind === tag.nodeKind && previous.tagName === tag.tagName && previous.matchByTagPrefix === tag.matchByTagPrefix) {
				index = previousIndex;
				break;
			}
		}
		result[index] = tag;
	}
	return result;
}
function normalizeKey(key) {
	if (Array.isArray(key)) {
		const array = Array.prototype.slice.call(key);
		for (let index = 0; index < array.length; index++) {
			if (Array.isArray(array[index])) return null;
			if (typeof array[index] === "object" && Object.prototype.toString.call(array[index]) === "[object Object]") array[index] = "[object Object]";
		}
		return String(array);
	}
	if (typeof key === "object" && Object.prototype.toString.call(key) === "[object Object]") return "[object Object]";
	return String(key);
}
function getLine(buffer, lineStart, lineEnd, position, maxLineLength) {
	let head = "";
	let tail = "";
	const maxHalfLength = Math.floor(maxLineLength / 2) - 1;
	if (position - lineStart > maxHalfLength) {
		head = " ... ";
		lineStart = position - maxHalfLength + head.length;
	}
	if (lineEnd - position > maxHalfLength) {
		tail = " ...";
		lineEnd = position + maxHalfLength - tail.length;
	}
	return {
		str: head + buffer.slice(lineStart, lineEnd).replace(/\t/g, "→") + tail,
		pos: position - lineStart + head.length
	};
}
function padStart(string, max) {
	return " ".repeat(Math.max(max - string.length, 0)) + string;
}
function makeSnippet(mark, options) {
	if (!mark.buffer) return null;
	const opts = {
		...DEFAULT_SNIPPET_OPTIONS,
		...options
	};
	const re = /\r?\n|\r|\0/g;
	const lineStarts = [0];
	const lineEnds = [];
	let match;
	let foundLineNo = -1;
	while (match = re.exec(mark.buffer)) {
		lineEnds.push(match.index);
		lineStarts.push(match.index + match[0].length);
		if (mark.position <= match.index && foundLineNo < 0) foundLineNo = lineStarts.length - 2;
	}
	if (foundLineNo < 0) foundLineNo = lineStarts.length - 1;
	let result = "";
	const lineNoLength = Math.min(mark.line + opts.linesAfter, lineEnds.length).toString().length;
	const maxLineLength = opts.maxLength - (opts.indent + lineNoLength + 3);
	for (let i = 1; i <= opts.linesBefore; i++) {
		if (foundLineNo - i < 0) break;
		const line = getLine(mark.buffer, lineStarts[foundLineNo - i], lineEnds[foundLineNo - i], mark.position - (lineStarts[foundLineNo] - lineStarts[foundLineNo - i]), maxLineLength);
		result = `${" ".repeat(opts.indent)}${padStart((mark.line - i + 1).toString(), lineNoLength)} | ${line.str}\n${result}`;
	}
	const line = getLine(mark.buffer, lineStarts[foundLineNo], lineEnds[foundLineNo], mark.position, maxLineLength);
	result += `${" ".repeat(opts.indent)}${padStart((mark.line + 1).toString(), lineNoLength)} | ${line.str}\n`;
	result += `${"-".repeat(opts.indent + lineNoLength + 3 + line.pos)}^\n`;
	for (let i = 1; i <= opts.linesAfter; i++) {
		if (foundLineNo + i >= lineEnds.length) break;
		const line = getLine(mark.buffer, lineStarts[foundLineNo + i], lineEnds[foundLineNo + i], mark.position - (lineStarts[foundLineNo] - lineStarts[foundLineNo + i]), maxLineLength);
		result += `${" ".repeat(opts.indent)}${padStart((mark.line + i + 1).toString(), lineNoLength)} | ${line.str}\n`;
	}
	return result.replace(/\n$/, "");
}
function formatError(exception, compact) {
	let where = "";
	if (!exception.mark) return exception.reason;
	if (exception.mark.name) where += `in "${exception.mark.name}" `;
	where += `(${exception.mark.line + 1}:${exception.mark.column + 1})`;
	if (!compact && exception.mark.snippet) where += `\n\n${exception.mark.snippet}`;
	return `${exception.reason} ${where}`;
}
function simpleEscapeSequence(c) {
	switch (c) {
		case 48: return "\0";
		case 97: return "\x07";
		case 98: return "\b";
		case 116: return "	";
		case 9: return "	";
		case 110: return "\n";
		case 118: return "\v";
		case 102: return "\f";
		case 114: return "\r";
		case 101: return "\x1B";
		case 32: return " ";
		case 34: return "\"";
		case 47: return "/";
		case 92: return "\\";
		case 78: return "";
		case 95: return "\xA0";
		case 76: return "\u2028";
		case 80: return "\u2029";
		default: return "";
	}
}
function charFromCodepoint(c) {
	if (c <= 65535) return String.fromCharCode(c);
	return String.fromCharCode((c - 65536 >> 10) + 55296, (c - 65536 & 1023) + 56320);
}
function fromHexCode$1(c) {
	if (c >= 48 && c <= 57) return c - 48;
	return (c | 32) - 97 + 10;
}
function escapedHexLen$1(c) {
	if (c === 120) return 2;
	if (c === 117) return 4;
	return 8;
}
function skipFoldedBreaks(input, position, end) {
	let breaks = 0;
	while (position < end) {
		const ch = input.charCodeAt(position);
		if (ch === 10) {
			breaks++;
			position++;
		} else if (ch === 13) {
			breaks++;
			position++;
			if (input.charCodeAt(position) === 10) position++;
		} else if (ch === 32 || ch === 9) position++;
		else break;
	}
	return {
		position,
		breaks
	};
}
function foldedBreaks(count) {
	if (count === 1) return " ";
	return "\n".repeat(count - 1);
}
function getPlainValue(input, start, end) {
	let result = "";
	let position = start;
	let captureStart = start;
	let captureEnd = start;
	while (position < end) {
		const ch = input.charCodeAt(position);
		if (ch === 10 || ch === 13) {
			result += input.slice(captureStart, captureEnd);
			const fold = skipFoldedBreaks(input, position, end);
			result += foldedBreaks(fold.breaks);
			position = captureStart = captureEnd = fold.position;
		} else {
			position++;
			if (ch !== 32 && ch !== 9) captureEnd = position;
		}
	}
	return result + input.slice(captureStart, captureEnd);
}
function getSingleQuotedValue(input, start, end) {
	let result = "";
	let position = start;
	let captureStart = start;
	let captureEnd = start;
	while (position < end) {
		const ch = input.charCodeAt(position);
		if (ch === 39) {
			result += input.slice(captureStart, position) + "'";
			position += 2;
			captureStart = captureEnd = position;
		} else if (ch === 10 || ch === 13) {
			result += input.slice(captureStart, captureEnd);
			const fold = skipFoldedBreaks(input, position, end);
			result += foldedBreaks(fold.breaks);
			position = captureStart = captureEnd = fold.position;
		} else {
			position++;
			if (ch !== 32 && ch !== 9) captureEnd = position;
		}
	}
	return result + input.slice(captureStart, end);
}
function getDoubleQuotedValue(input, start, end) {
	let result = "";
	let position = start;
	let captureStart = start;
	let captureEnd = start;
	while (position < end) {
		const ch = input.charCodeAt(position);
		if (ch === 92) {
			result += input.slice(captureStart, position);
			position++;
			const escaped = input.charCodeAt(position);
			if (escaped === 10 || escaped === 13) position = skipFoldedBreaks(input, position, end).position;
			else if (escaped < 256 && simpleEscapeCheck[escaped]) {
				result += simpleEscapeMap[escaped];
				position++;
			} else {
				let hexLength = escapedHexLen$1(escaped);
				let hexResult = 0;
				for (; hexLength > 0; hexLength--) {
					position++;
					const digit = fromHexCode$1(input.charCodeAt(position));
					hexResult = (hexResult << 4) + digit;
				}
				result += charFromCodepoint(hexResult);
				position++;
			}
			captureStart = captureEnd = position;
		} else if (ch === 10 || ch === 13) {
			result += input.slice(captureStart, captureEnd);
			const fold = skipFoldedBreaks(input, position, end);
			result += foldedBreaks(fold.breaks);
			position = captureStart = captureEnd = fold.position;
		} else {
			position++;
			if (ch !== 32 && ch !== 9) captureEnd = position;
		}
	}
	return result + input.slice(captureStart, end);
}
function getBlockValue(input, start, end, indent, chomping, folded) {
	const textIndent = indent < 0 ? 0 : indent;
	const region = input.slice(start, end).replace(/\r\n?/g, "\n");
	const lines = region === "" ? [] : (region.endsWith("\n") ? region.slice(0, -1) : region).split("\n");
	let result = "";
	let didReadContent = false;
	let emptyLines = 0;
	let atMoreIndented = false;
	for (const line of lines) {
		let column = 0;
		while (column < textIndent && line.charCodeAt(column) === 32) column++;
		if (indent < 0 || column >= line.length) {
			emptyLines++;
			continue;
		}
		const content = line.slice(textIndent);
		const first = content.charCodeAt(0);
		if (folded) {
			if (first === 32 || first === 9) {
				atMoreIndented = true;
				result += "\n".repeat(didReadContent ? 1 + emptyLines : emptyLines);
			} else if (atMoreIndented) {
				atMoreIndented = false;
				result += "\n".repeat(emptyLines + 1);
			} else if (emptyLines === 0) {
				if (didReadContent) result += " ";
			} else result += "\n".repeat(emptyLines);
		} else result += "\n".repeat(didReadContent ? 1 + emptyLines : emptyLines);
		result += content;
		didReadContent = true;
		emptyLines = 0;
	}
	if (chomping === CHOMPING_MODE.KEEP) result += "\n".repeat(didReadContent ? 1 + emptyLines : emptyLines);
	else if (chomping !== CHOMPING_MODE.STRIP) {
		if (didReadContent) result += "\n";
	}
	return result;
}
/**
* Decodes the scalar referenced by event offsets in `input`.
*
* @category Events
*/
function getScalarValue(input, scalar) {
	if (scalar.valueStart === NO_RANGE$3) return "";
	const { valueStart, valueEnd } = scalar;
	if (scalar.fast) return input.slice(valueStart, valueEnd);
	switch (scalar.style) {
		case SCALAR_STYLE.SINGLE_QUOTED: return getSingleQuotedValue(input, valueStart, valueEnd);
		case SCALAR_STYLE.DOUBLE_QUOTED: return getDoubleQuotedValue(input, valueStart, valueEnd);
		case SCALAR_STYLE.LITERAL_BLOCK: return getBlockValue(input, valueStart, valueEnd, scalar.indent, scalar.chomping, false);
		case SCALAR_STYLE.FOLDED_BLOCK: return getBlockValue(input, valueStart, valueEnd, scalar.indent, scalar.chomping, true);
		default: return getPlainValue(input, valueStart, valueEnd);
	}
}
function tagPercentDecode(source) {
	let result = "";
	let index = 0;
	while (index < source.length) {
		if (source.charCodeAt(index) !== 37) {
			result += source[index++];
			continue;
		}
		let ch = parseInt(source.slice(index + 1, index + 3), 16);
		index += 3;
		if (ch >= 192) {
			let remaining = ch < 224 ? 1 : ch < 240 ? 2 : 3;
			ch &= (1 << 6 - remaining) - 1;
			while (remaining-- > 0) {
				ch = ch << 6 | parseInt(source.slice(index + 1, index + 3), 16) & 63;
				index += 3;
			}
		}
		if (ch < 65536) result += String.fromCharCode(ch);
		else {
			ch -= 65536;
			result += String.fromCharCode(55296 | ch >> 10, 56320 | ch & 1023);
		}
	}
	return result;
}
function tagNameFull(rawTag, tagHandlers) {
	if (rawTag.startsWith("!<") && rawTag.endsWith(">")) return tagPercentDecode(rawTag.slice(2, -1));
	const handleEnd = rawTag.indexOf("!", 1);
	const handle = handleEnd === -1 ? "!" : rawTag.slice(0, handleEnd + 1);
	return tagPercentDecode(tagHandlers?.[handle] ?? DEFAULT_TAG_HANDLERS[handle] ?? handle) + tagPercentDecode(rawTag.slice(handle.length));
}
function eventPosition$1(event) {
	if ("tagStart" in event && event.tagStart !== NO_RANGE$2) return event.tagStart;
	if ("anchorStart" in event && event.anchorStart !== NO_RANGE$2) return event.anchorStart;
	if ("valueStart" in event && event.valueStart !== NO_RANGE$2) return event.valueStart;
	if ("start" in event) return event.start;
	return 0;
}
function throwError$1(state, message) {
	YAMLException.throwAt(state.source, state.position, message, state.filename);
}
function finalizeCollection(state, position, tag, carrier) {
	try {
		return tag.finalize(carrier);
	} catch (error) {
		if (error instanceof YAMLException) throw error;
		YAMLException.throwAt(state.source, position, error instanceof Error ? error.message : String(error), state.filename);
	}
}
function constructScalar(state, event) {
	const source = getScalarValue(state.source, event);
	const rawTag = event.tagStart === NO_RANGE$2 ? "" : state.source.slice(event.tagStart, event.tagEnd);
	const strTag = state.schema.defaultScalarTag;
	if (rawTag !== "") {
		if (rawTag === "!") return {
			value: source,
			tag: strTag
		};
		const tagName = tagNameFull(rawTag, state.tagHandlers);
		const scalarTag = state.schema.lookupScalarTag(tagName);
		if (scalarTag) {
			const result = scalarTag.resolve(source, true, tagName);
			if (result === NOT_RESOLVED) throwError$1(state, `cannot resolve a node with !<${tagName}> explicit tag`);
			return {
				value: result,
				tag: scalarTag
			};
		}
		const collectionTagDef = state.schema.lookupMappingTag(tagName) ?? state.schema.lookupSequenceTag(tagName);
		if (collectionTagDef) {
			if (source !== "") throwError$1(state, `cannot resolve a node with !<${tagName}> explicit tag`);
			const carrier = collectionTagDef.create(tagName);
			return {
				value: collectionTagDef.carrierIsResult ? carrier : finalizeCollection(state, state.position, collectionTagDef, carrier),
				tag: collectionTagDef
			};
		}
		throwError$1(state, `unknown scalar tag !<${tagName}>`);
	}
	if (event.style === SCALAR_STYLE.PLAIN) return state.schema.resolveImplicitScalarTag(source);
	return {
		value: strTag.resolve(source, false, strTag.tagName),
		tag: strTag
	};
}
function collectionTagName(state, event, defaultTagName) {
	const rawTag = event.tagStart === NO_RANGE$2 ? "" : state.source.slice(event.tagStart, event.tagEnd);
	return rawTag === "" || rawTag === "!" ? defaultTagName : tagNameFull(rawTag, state.tagHandlers);
}
function isMappingTag(tag) {
	return tag.nodeKind === "mapping";
}
function chargeMergeWork(state) {
	state.totalMergeKeys++;
	if (state.maxTotalMergeKeys !== -1 && state.totalMergeKeys > state.maxTotalMergeKeys) throwError$1(state, `merge keys exceeded maxTotalMergeKeys (${state.maxTotalMergeKeys})`);
}
function mergeKeys(state, frame, source, sourceTag) {
	chargeMergeWork(state);
	for (const sourceKey of sourceTag.keys(source)) {
		chargeMergeWork(state);
		if (frame.tag.has(frame.value, sourceKey)) continue;
		const err = frame.tag.addPair(frame.value, sourceKey, sourceTag.get(source, sourceKey));
		if (err) throwError$1(state, err);
		frame.overridable ??= /* @__PURE__ */ new Set();
		frame.overridable.add(sourceKey);
	}
}
function mergeSource(state, frame, source, sourceTag) {
	state.position = frame.keyPosition;
	if (isMappingTag(sourceTag)) mergeKeys(state, frame, source, sourceTag);
	else if (sourceTag.nodeKind === "sequence" && Array.isArray(source)) {
		if (source.length > 100) throwError$1(state, "abnormal merge sequence size");
		for (const element of source) {
			const elementTag = state.nodeTags.get(element);
			if (!elementTag) throwError$1(state, "cannot merge mappings; the provided source object is unacceptable");
			mergeKeys(state, frame, element, elementTag);
		}
	} else throwError$1(state, "cannot merge mappings; the provided source object is unacceptable");
}
function addMappingValue(state, frame, key, value, tag) {
	state.position = frame.keyPosition;
	if (frame.keyIsMerge) {
		mergeSource(state, frame, value, tag);
		return;
	}
	if (!state.json && frame.tag.has(frame.value, key) && !frame.overridable?.has(key)) throwError$1(state, "duplicated mapping key");
	const err = frame.tag.addPair(frame.value, key, value);
	if (err) throwError$1(state, err);
	frame.overridable?.delete(key);
}
function addValue(state, value, tag) {
	const frame = state.frames[state.frames.length - 1];
	if (frame.kind === "document") {
		frame.value = value;
		frame.hasValue = true;
	} else if (frame.kind === "sequence") {
		if (isMappingTag(tag)) state.nodeTags.set(value, tag);
		const err = frame.tag.addItem(frame.value, value, frame.index++);
		if (err) throwError$1(state, err);
	} else if (frame.hasKey) {
		const key = frame.key;
		frame.key = void 0;
		frame.hasKey = false;
		addMappingValue(state, frame, key, value, tag);
	} else {
		frame.key = value;
		frame.keyPosition = state.position;
		frame.hasKey = true;
		frame.keyIsMerge = tag.tagName === MERGE_TAG_NAME;
	}
}
function storeAnchor(state, event, value, tag, isValueFinal) {
	if (event.anchorStart !== NO_RANGE$2) {
		const anchor = {
			value,
			tag,
			isValueFinal
		};
		state.anchors.set(state.source.slice(event.anchorStart, event.anchorEnd), anchor);
		return anchor;
	}
	return null;
}
/**
* Constructs JavaScript documents directly from parser events, without an
* intermediate AST.
*
* @category Events
*/
function constructFromEvents(events, options) {
	const state = {
		...DEFAULT_CONSTRUCTOR_OPTIONS,
		...options,
		events,
		documents: [],
		eventIndex: 0,
		position: 0,
		frames: [],
		anchors: /* @__PURE__ */ new Map(),
		nodeTags: /* @__PURE__ */ new Map(),
		tagHandlers: Object.create(null),
		totalMergeKeys: 0,
		aliasCount: 0
	};
	while (state.eventIndex < state.events.length) {
		const event = state.events[state.eventIndex++];
		state.position = eventPosition$1(event);
		switch (event.type) {
			case EVENT_ID.DOCUMENT:
				state.anchors = /* @__PURE__ */ new Map();
				state.nodeTags = /* @__PURE__ */ new Map();
				state.aliasCount = 0;
				state.tagHandlers = Object.create(null);
				for (const directive of event.directives) if (directive.kind === "tag") state.tagHandlers[directive.handle] = directive.prefix;
				state.frames.push({
					kind: "document",
					position: state.position,
					value: void 0,
					hasValue: false
				});
				break;
			case EVENT_ID.SCALAR: {
				const { value, tag } = constructScalar(state, event);
				storeAnchor(state, event, value, tag, true);
				addValue(state, value, tag);
				break;
			}
			case EVENT_ID.SEQUENCE: {
				const tagName = collectionTagName(state, event, "tag:yaml.org,2002:seq");
				const tag = state.schema.lookupSequenceTag(tagName);
				if (!tag) throwError$1(state, `unknown sequence tag !<${tagName}>`);
				const value = tag.create(tagName);
				const anchor = storeAnchor(state, event, value, tag, tag.carrierIsResult);
				state.frames.push({
					kind: "sequence",
					position: state.position,
					value,
					tag,
					anchor,
					index: 0
				});
				break;
			}
			case EVENT_ID.MAPPING: {
				const tagName = collectionTagName(state, event, "tag:yaml.org,2002:map");
				const tag = state.schema.lookupMappingTag(tagName);
				if (!tag) throwError$1(state, `unknown mapping tag !<${tagName}>`);
				const value = tag.create(tagName);
				const anchor = storeAnchor(state, event, value, tag, tag.carrierIsResult);
				state.frames.push({
					kind: "mapping",
					position: state.position,
					value,
					tag,
					anchor,
					key: void 0,
					keyPosition: state.position,
					hasKey: false,
					keyIsMerge: false,
					overridable: null
				});
				break;
			}
			case EVENT_ID.ALIAS: {
				if (state.maxAliases !== -1 && ++state.aliasCount > state.maxAliases) throwError$1(state, `aliases exceeded maxAliases (${state.maxAliases})`);
				const name = state.source.slice(event.anchorStart, event.anchorEnd);
				const anchor = state.anchors.get(name);
				if (!anchor) throwError$1(state, `unidentified alias "${name}"`);
				if (!anchor.isValueFinal) throwError$1(state, `recursive alias "${name}" is not supported for tag ${anchor.tag.tagName} because it uses finalize()`);
				addValue(state, anchor.value, anchor.tag);
				break;
			}
			case EVENT_ID.POP: {
				const frame = state.frames.pop();
				if (frame.kind === "mapping" && frame.hasKey) {
					state.position = frame.keyPosition;
					throwError$1(state, "incomplete mapping pair in event stream");
				}
				if (frame.kind === "document") state.documents.push(frame.value);
				else {
					const value = frame.tag.carrierIsResult ? frame.value : finalizeCollection(state, frame.position, frame.tag, frame.value);
					if (frame.anchor) {
						frame.anchor.value = value;
						frame.anchor.isValueFinal = true;
					}
					addValue(state, value, frame.tag);
				}
				break;
			}
		}
	}
	return state.documents;
}
function addDocumentEvent(state, explicitStart, explicitEnd) {
	state.events.push({
		type: EVENT_ID.DOCUMENT,
		explicitStart,
		explicitEnd,
		directives: state.directives
	});
}
function addSequenceEvent(state, start, anchorStart, anchorEnd, tagStart, tagEnd, style) {
	state.events.push({
		type: EVENT_ID.SEQUENCE,
		start,
		anchorStart,
		anchorEnd,
		tagStart,
		tagEnd,
		style
	});
}
function addMappingEvent(state, start, anchorStart, anchorEnd, tagStart, tagEnd, style) {
	state.events.push({
		type: EVENT_ID.MAPPING,
		start,
		anchorStart,
		anchorEnd,
		tagStart,
		tagEnd,
		style
	});
}
function insertFlowPairMappingEvent(state, snapshot) {
	state.events.splice(snapshot.eventsLength, 0, {
		type: EVENT_ID.MAPPING,
		start: snapshot.position,
		anchorStart: NO_RANGE$1,
		anchorEnd: NO_RANGE$1,
		tagStart: NO_RANGE$1,
		tagEnd: NO_RANGE$1,
		style: COLLECTION_STYLE.FLOW
	});
}
function addScalarEvent(state, valueStart, valueEnd, anchorStart, anchorEnd, tagStart, tagEnd, style, chomping = CHOMPING_MODE.CLIP, indent = -1, fast = false) {
	state.events.push({
		type: EVENT_ID.SCALAR,
		valueStart,
		valueEnd,
		anchorStart,
		anchorEnd,
		tagStart,
		tagEnd,
		style,
		chomping,
		indent,
		fast
	});
}
function addAliasEvent(state, anchorStart, anchorEnd) {
	state.events.push({
		type: EVENT_ID.ALIAS,
		anchorStart,
		anchorEnd
	});
}
function addPopEvent(state) {
	state.events.push({ type: EVENT_ID.POP });
}
function addEmptyScalarEvent(state) {
	addScalarEvent(state, NO_RANGE$1, NO_RANGE$1, NO_RANGE$1, NO_RANGE$1, NO_RANGE$1, NO_RANGE$1, SCALAR_STYLE.PLAIN);
}
function emptyProperties() {
	return {
		anchorStart: NO_RANGE$1,
		anchorEnd: NO_RANGE$1,
		tagStart: NO_RANGE$1,
		tagEnd: NO_RANGE$1
	};
}
function snapshotState(state) {
	return {
		position: state.position,
		line: state.line,
		lineStart: state.lineStart,
		lineIndent: state.lineIndent,
		firstTabInLine: state.firstTabInLine,
		eventsLength: state.events.length
	};
}
function restoreState(state, snapshot) {
	state.position = snapshot.position;
	state.line = snapshot.line;
	state.lineStart = snapshot.lineStart;
	state.lineIndent = snapshot.lineIndent;
	state.firstTabInLine = snapshot.firstTabInLine;
	state.events.length = snapshot.eventsLength;
}
function throwError(state, message) {
	YAMLException.throwAt(state.input.slice(0, state.length), state.position, message, state.filename);
}
function isEol(c) {
	return c === 10 || c === 13;
}
function isWhiteSpace(c) {
	return c === 9 || c === 32;
}
function isWsOrEol(c) {
	return isWhiteSpace(c) || isEol(c);
}
function isWsOrEolOrEnd(c) {
	return c === 0 || isWsOrEol(c);
}
function isFlowIndicator(c) {
	return c === 44 || c === 91 || c === 93 || c === 123 || c === 125;
}
function fromDecimalCode(c) {
	return c >= 48 && c <= 57 ? c - 48 : -1;
}
function fromHexCode(c) {
	if (c >= 48 && c <= 57) return c - 48;
	const lc = c | 32;
	if (lc >= 97 && lc <= 102) return lc - 97 + 10;
	return -1;
}
function escapedHexLen(c) {
	if (c === 120) return 2;
	if (c === 117) return 4;
	if (c === 85) return 8;
	return 0;
}
function isSimpleEscape(c) {
	return c === 48 || c === 97 || c === 98 || c === 116 || c === 9 || c === 110 || c === 118 || c === 102 || c === 114 || c === 101 || c === 32 || c === 34 || c === 47 || c === 92 || c === 78 || c === 95 || c === 76 || c === 80;
}
function consumeLineBreak(state) {
	if (state.input.charCodeAt(state.position) === 10) state.position++;
	else {
		state.position++;
		if (state.input.charCodeAt(state.position) === 10) state.position++;
	}
	state.line++;
	state.lineStart = state.position;
	state.lineIndent = 0;
	state.firstTabInLine = -1;
}
function skipSeparationSpace(state, allowComments) {
	let lineBreaks = 0;
	let ch = state.input.charCodeAt(state.position);
	let hasSeparation = state.position === state.lineStart || isWsOrEol(state.input.charCodeAt(state.position - 1));
	while (ch !== 0) {
		while (isWhiteSpace(ch)) {
			hasSeparation = true;
			if (ch === 9 && state.firstTabInLine === -1) state.firstTabInLine = state.position;
			ch = state.input.charCodeAt(++state.position);
		}
		if (allowComments && hasSeparation && ch === 35) do
			ch = state.input.charCodeAt(++state.position);
		while (!isEol(ch) && ch !== 0);
		if (!isEol(ch)) break;
		consumeLineBreak(state);
		lineBreaks++;
		hasSeparation = true;
		ch = state.input.charCodeAt(state.position);
		while (ch === 32) {
			state.lineIndent++;
			ch = state.input.charCodeAt(++state.position);
		}
	}
	return lineBreaks;
}
function testDocumentSeparator(state, position = state.position) {
	const ch = state.input.charCodeAt(position);
	if ((ch === 45 || ch === 46) && ch === state.input.charCodeAt(position + 1) && ch === state.input.charCodeAt(position + 2)) {
		const following = state.input.charCodeAt(position + 3);
		return following === 0 || isWsOrEol(following);
	}
	return false;
}
function skipByteOrderMark(state) {
	if (state.position === state.lineStart && state.input.charCodeAt(state.position) === 65279) {
		state.position++;
		state.lineStart = state.position;
	}
}
function testDocumentBoundary(state) {
	if (state.position !== state.lineStart) return false;
	if (testDocumentSeparator(state)) return true;
	if (state.input.charCodeAt(state.position) !== 65279) return false;
	const snapshot = snapshotState(state);
	skipByteOrderMark(state);
	skipSeparationSpace(state, true);
	const ch = state.input.charCodeAt(state.position);
	const result = state.position === state.lineStart && (ch === 37 || ch === 45 && testDocumentSeparator(state));
	restoreState(state, snapshot);
	return result;
}
function skipUntilLineEnd(state) {
	let ch = state.input.charCodeAt(state.position);
	while (ch !== 0 && !isEol(ch)) ch = state.input.charCodeAt(++state.position);
}
function checkPrintable(state, start, end) {
	const match = PATTERN_NON_PRINTABLE.exec(state.input.slice(start, end));
	if (match !== null) {
		state.position = start + match.index + match[0].length - 1;
		throwError(state, "the stream contains non-printable characters");
	}
}
function readTagProperty(state, props, inFlow) {
	if (state.input.charCodeAt(state.position) !== 33) return false;
	if (props.tagStart !== NO_RANGE$1) throwError(state, "duplication of a tag property");
	const start = state.position;
	let isVerbatim = false;
	let isNamed = false;
	let tagHandle = "!";
	let ch = state.input.charCodeAt(++state.position);
	if (ch === 60) {
		isVerbatim = true;
		ch = state.input.charCodeAt(++state.position);
	} else if (ch === 33) {
		isNamed = true;
		tagHandle = "!!";
		ch = state.input.charCodeAt(++state.position);
	}
	let suffixStart = state.position;
	let tagName;
	if (isVerbatim) {
		while (ch !== 0 && ch !== 62) ch = state.input.charCodeAt(++state.position);
		if (ch !== 62) throwError(state, "unexpected end of the stream within a verbatim tag");
		tagName = state.input.slice(suffixStart, state.position);
		state.position++;
	} else {
		while (ch !== 0 && !isWsOrEol(ch) && !(inFlow && isFlowIndicator(ch))) {
			if (ch === 33) {
				if (!isNamed) {
					tagHandle = state.input.slice(suffixStart - 1, state.position + 1);
					if (!PATTERN_TAG_HANDLE.test(tagHandle)) throwError(state, "named tag handle cannot contain such characters");
					isNamed = true;
					suffixStart = state.position + 1;
				} else throwError(state, "tag suffix cannot contain exclamation marks");
			}
			ch = state.input.charCodeAt(++state.position);
		}
		tagName = state.input.slice(suffixStart, state.position);
		if (PATTERN_FLOW_INDICATORS.test(tagName)) throwError(state, "tag suffix cannot contain flow indicator characters");
	}
	if (tagName && !(isVerbatim ? PATTERN_TAG_URI.test(tagName) : PATTERN_TAG_SUFFIX.test(tagName))) throwError(state, `tag name cannot contain such characters: ${tagName}`);
	if (!isVerbatim && tagHandle !== "!" && tagHandle !== "!!" && !HAS_OWN.call(state.tagHandlers, tagHandle)) throwError(state, `undeclared tag handle "${tagHandle}"`);
	props.tagStart = start;
	props.tagEnd = state.position;
	return true;
}
function readAnchorProperty(state, props) {
	if (state.input.charCodeAt(state.position) !== 38) return false;
	if (props.anchorStart !== NO_RANGE$1) throwError(state, "duplication of an anchor property");
	state.position++;
	const start = state.position;
	while (state.input.charCodeAt(state.position) !== 0 && !isWsOrEol(state.input.charCodeAt(state.position)) && !isFlowIndicator(state.input.charCodeAt(state.position))) state.position++;
	if (state.position === start) throwError(state, "name of an anchor node must contain at least one character");
	props.anchorStart = start;
	props.anchorEnd = state.position;
	return true;
}
function readAlias(state, props) {
	if (state.input.charCodeAt(state.position) !== 42) return false;
	if (props.anchorStart !== NO_RANGE$1 || props.tagStart !== NO_RANGE$1) throwError(state, "alias node should not have any properties");
	state.position++;
	const start = state.position;
	while (state.input.charCodeAt(state.position) !== 0 && !isWsOrEol(state.input.charCodeAt(state.position)) && !isFlowIndicator(state.input.charCodeAt(state.position))) state.position++;
	if (state.position === start) throwError(state, "name of an alias node must contain at least one character");
	addAliasEvent(state, start, state.position);
	return true;
}
function readFlowScalarBreak(state, nodeIndent) {
	skipSeparationSpace(state, false);
	if (state.lineIndent < nodeIndent) throwError(state, "deficient indentation");
}
function readSingleQuotedScalar(state, nodeIndent, props) {
	if (state.input.charCodeAt(state.position) !== 39) return false;
	state.position++;
	const start = state.position;
	let simple = true;
	while (state.input.charCodeAt(state.position) !== 0) {
		const ch = state.input.charCodeAt(state.position);
		if (ch === 39) {
			if (state.input.charCodeAt(state.position + 1) === 39) {
				simple = false;
				state.position += 2;
				continue;
			}
			const end = state.position;
			state.position++;
			addScalarEvent(state, start, end, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, SCALAR_STYLE.SINGLE_QUOTED, CHOMPING_MODE.CLIP, -1, simple);
			return true;
		}
		if (isEol(ch)) {
			simple = false;
			readFlowScalarBreak(state, nodeIndent);
		} else if (state.position === state.lineStart && testDocumentSeparator(state)) throwError(state, "unexpected end of the document within a single quoted scalar");
		else if (ch !== 9 && ch < 32) throwError(state, "expected valid JSON character");
		else state.position++;
	}
	throwError(state, "unexpected end of the stream within a single quoted scalar");
}
function readDoubleQuotedScalar(state, nodeIndent, props) {
	if (state.input.charCodeAt(state.position) !== 34) return false;
	state.position++;
	const start = state.position;
	let simple = true;
	while (state.input.charCodeAt(state.position) !== 0) {
		const ch = state.input.charCodeAt(state.position);
		if (ch === 34) {
			const end = state.position;
			state.position++;
			addScalarEvent(state, start, end, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, SCALAR_STYLE.DOUBLE_QUOTED, CHOMPING_MODE.CLIP, -1, simple);
			return true;
		}
		if (ch === 92) {
			simple = false;
			const escaped = state.input.charCodeAt(++state.position);
			if (isEol(escaped)) readFlowScalarBreak(state, nodeIndent);
			else if (isSimpleEscape(escaped)) state.position++;
			else {
				let hexLength = escapedHexLen(escaped);
				if (hexLength === 0) throwError(state, "unknown escape sequence");
				while (hexLength-- > 0) {
					state.position++;
					if (fromHexCode(state.input.charCodeAt(state.position)) < 0) throwError(state, "expected hexadecimal character");
				}
				state.position++;
			}
		} else if (isEol(ch)) {
			simple = false;
			readFlowScalarBreak(state, nodeIndent);
		} else if (state.position === state.lineStart && testDocumentSeparator(state)) throwError(state, "unexpected end of the document within a double quoted scalar");
		else if (ch !== 9 && ch < 32) throwError(state, "expected valid JSON character");
		else state.position++;
	}
	throwError(state, "unexpected end of the stream within a double quoted scalar");
}
function readBlockScalar(state, parentIndent, props) {
	const ch = state.input.charCodeAt(state.position);
	let chomping = CHOMPING_MODE.CLIP;
	let indent = -1;
	let detectedIndent = false;
	if (ch !== 124 && ch !== 62) return false;
	const style = ch === 124 ? SCALAR_STYLE.LITERAL_BLOCK : SCALAR_STYLE.FOLDED_BLOCK;
	state.position++;
	while (state.input.charCodeAt(state.position) !== 0) {
		const current = state.input.charCodeAt(state.position);
		const digit = fromDecimalCode(current);
		if (current === 43 || current === 45) {
			if (chomping !== CHOMPING_MODE.CLIP) throwError(state, "repeat of a chomping mode identifier");
			chomping = current === 43 ? CHOMPING_MODE.KEEP : CHOMPING_MODE.STRIP;
			state.position++;
		} else if (digit >= 0) {
			if (digit === 0) throwError(state, "bad explicit indentation width of a block scalar; it cannot be less than one");
			if (detectedIndent) throwError(state, "repeat of an indentation width identifier");
			indent = parentIndent + digit - 1;
			detectedIndent = true;
			state.position++;
		} else break;
	}
	let hadWhitespace = false;
	while (isWhiteSpace(state.input.charCodeAt(state.position))) {
		hadWhitespace = true;
		state.position++;
	}
	if (hadWhitespace && state.input.charCodeAt(state.position) === 35) skipUntilLineEnd(state);
	if (isEol(state.input.charCodeAt(state.position))) consumeLineBreak(state);
	else if (state.input.charCodeAt(state.position) !== 0) throwError(state, "a line break is expected");
	let contentIndent = detectedIndent ? indent : -1;
	let maxLeadingIndent = 0;
	const valueStart = state.position;
	let valueEnd = state.position;
	while (state.input.charCodeAt(state.position) !== 0) {
		const linePosition = state.position;
		let column = 0;
		while (state.input.charCodeAt(linePosition + column) === 32) column++;
		const first = state.input.charCodeAt(linePosition + column);
		if (first === 0) {
			if (contentIndent >= 0) {
				if (column > contentIndent) valueEnd = linePosition + column;
			} else if (column > 0) valueEnd = linePosition + column;
			break;
		}
		if (testDocumentBoundary(state)) break;
		if (!detectedIndent && contentIndent === -1 && isEol(first)) maxLeadingIndent = Math.max(maxLeadingIndent, column);
		if (!detectedIndent && contentIndent === -1 && !isEol(first)) {
			if (first === 9 && column < parentIndent) {
				state.position = linePosition + column;
				throwError(state, "tab characters must not be used in indentation");
			}
			if (column >= parentIndent && column < maxLeadingIndent) {
				state.position = linePosition + column;
				throwError(state, "bad indentation of a mapping entry");
			}
		}
		if (contentIndent === -1 && first !== 0 && !isEol(first) && column < parentIndent) {
			state.lineIndent = column;
			state.position = linePosition + column;
			break;
		}
		if (!detectedIndent && first !== 0 && !isEol(first) && contentIndent === -1) contentIndent = column;
		const requiredIndent = contentIndent === -1 ? parentIndent + 1 : contentIndent;
		if (first !== 0 && !isEol(first) && column < requiredIndent) {
			state.lineIndent = column;
			state.position = linePosition + column;
			break;
		}
		skipUntilLineEnd(state);
		valueEnd = state.position;
		if (isEol(state.input.charCodeAt(state.position))) {
			consumeLineBreak(state);
			valueEnd = state.position;
		}
	}
	checkPrintable(state, valueStart, valueEnd);
	addScalarEvent(state, valueStart, valueEnd, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, style, chomping, contentIndent);
	return true;
}
function canStartPlainScalar(state, nodeContext) {
	const ch = state.input.charCodeAt(state.position);
	const inFlow = nodeContext === CONTEXT_FLOW_IN;
	if (ch === 0 || isWsOrEol(ch) || ch === 35 || ch === 38 || ch === 42 || ch === 33 || ch === 124 || ch === 62 || ch === 39 || ch === 34 || ch === 37 || ch === 64 || ch === 96 || isFlowIndicator(ch)) return false;
	if (ch === 63 || ch === 45) {
		const following = state.input.charCodeAt(state.position + 1);
		if (isWsOrEolOrEnd(following) || inFlow && isFlowIndicator(following)) return false;
	}
	return true;
}
function readPlainScalar(state, nodeIndent, nodeContext, props) {
	if (!canStartPlainScalar(state, nodeContext)) return false;
	const start = state.position;
	let end = state.position;
	let ch = state.input.charCodeAt(state.position);
	const inFlow = nodeContext === CONTEXT_FLOW_IN;
	let multiline = false;
	while (ch !== 0) {
		if (testDocumentBoundary(state)) break;
		if (ch === 58) {
			const following = state.input.charCodeAt(state.position + 1);
			if (isWsOrEolOrEnd(following) || inFlow && isFlowIndicator(following)) break;
		} else if (ch === 35) {
			if (isWsOrEol(state.input.charCodeAt(state.position - 1))) break;
		} else if (inFlow && isFlowIndicator(ch)) break;
		else if (isEol(ch)) {
			const savedPosition = state.position;
			const savedLine = state.line;
			const savedLineStart = state.lineStart;
			const savedLineIndent = state.lineIndent;
			skipSeparationSpace(state, false);
			if (state.lineIndent >= nodeIndent) {
				multiline = true;
				ch = state.input.charCodeAt(state.position);
				continue;
			}
			state.position = savedPosition;
			state.line = savedLine;
			state.lineStart = savedLineStart;
			state.lineIndent = savedLineIndent;
			break;
		}
		if (!isWhiteSpace(ch)) end = state.position + 1;
		ch = state.input.charCodeAt(++state.position);
	}
	if (end === start) return false;
	checkPrintable(state, start, end);
	addScalarEvent(state, start, end, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, SCALAR_STYLE.PLAIN, CHOMPING_MODE.CLIP, -1, !multiline);
	return true;
}
function skipFlowSeparationSpace(state, nodeIndent) {
	const startLine = state.line;
	skipSeparationSpace(state, true);
	if (state.line > startLine && state.lineIndent < nodeIndent || state.firstTabInLine !== -1 && state.lineIndent < nodeIndent) throwError(state, "deficient indentation");
}
function readFlowCollection(state, nodeIndent, props) {
	const ch = state.input.charCodeAt(state.position);
	const isMapping = ch === 123;
	const start = state.position;
	let readNext = true;
	if (ch !== 91 && ch !== 123) return false;
	const terminator = isMapping ? 125 : 93;
	if (isMapping) addMappingEvent(state, start, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, COLLECTION_STYLE.FLOW);
	else addSequenceEvent(state, start, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, COLLECTION_STYLE.FLOW);
	state.position++;
	while (state.input.charCodeAt(state.position) !== 0) {
		skipFlowSeparationSpace(state, nodeIndent);
		let ch = state.input.charCodeAt(state.position);
		if (ch === terminator) {
			state.position++;
			addPopEvent(state);
			return true;
		} else if (!readNext) throwError(state, "missed comma between flow collection entries");
		else if (ch === 44) throwError(state, "expected the node content, but found ','");
		let isPair = false;
		let isExplicitPair = false;
		if (ch === 63 && isWsOrEol(state.input.charCodeAt(state.position + 1))) {
			isPair = isExplicitPair = true;
			state.position += 1;
			skipFlowSeparationSpace(state, nodeIndent);
		}
		const entryLine = state.line;
		const entryStart = snapshotState(state);
		const keyWasRead = parseNode(state, nodeIndent, CONTEXT_FLOW_IN, false, true);
		skipFlowSeparationSpace(state, nodeIndent);
		ch = state.input.charCodeAt(state.position);
		if ((isMapping || isExplicitPair || state.line === entryLine) && ch === 58) {
			isPair = true;
			state.position++;
			skipFlowSeparationSpace(state, nodeIndent);
			if (!isMapping) {
				insertFlowPairMappingEvent(state, entryStart);
				if (!keyWasRead) addEmptyScalarEvent(state);
			} else if (!keyWasRead) addEmptyScalarEvent(state);
			if (!parseNode(state, nodeIndent, CONTEXT_FLOW_IN, false, true)) addEmptyScalarEvent(state);
			skipFlowSeparationSpace(state, nodeIndent);
			if (!isMapping) addPopEvent(state);
		} else if (isMapping && isPair) {
			if (!keyWasRead) addEmptyScalarEvent(state);
			addEmptyScalarEvent(state);
		} else if (isMapping) addEmptyScalarEvent(state);
		else if (isPair) {
			insertFlowPairMappingEvent(state, entryStart);
			if (!keyWasRead) addEmptyScalarEvent(state);
			addEmptyScalarEvent(state);
			addPopEvent(state);
		}
		ch = state.input.charCodeAt(state.position);
		if (ch === 44) {
			readNext = true;
			state.position++;
		} else readNext = false;
	}
	throwError(state, "unexpected end of the stream within a flow collection");
}
function readBlockSequence(state, nodeIndent, props) {
	if (state.firstTabInLine !== -1 || state.input.charCodeAt(state.position) !== 45 || !isWsOrEolOrEnd(state.input.charCodeAt(state.position + 1))) return false;
	addSequenceEvent(state, state.position, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, COLLECTION_STYLE.BLOCK);
	while (state.input.charCodeAt(state.position) === 45 && isWsOrEolOrEnd(state.input.charCodeAt(state.position + 1))) {
		if (state.firstTabInLine !== -1) {
			state.position = state.firstTabInLine;
			throwError(state, "tab characters must not be used in indentation");
		}
		const entryLine = state.line;
		state.position++;
		const hadBreak = skipSeparationSpace(state, true) > 0;
		if (state.firstTabInLine !== -1 && state.input.charCodeAt(state.position) === 45 && isWsOrEolOrEnd(state.input.charCodeAt(state.position + 1))) throwError(state, "bad indentation of a sequence entry");
		if (hadBreak && state.lineIndent <= nodeIndent) addEmptyScalarEvent(state);
		else parseNode(state, nodeIndent, CONTEXT_BLOCK_IN, false, true);
		skipSeparationSpace(state, true);
		if (state.lineIndent < nodeIndent || state.position >= state.length) break;
		if (state.lineIndent > nodeIndent) throwError(state, "bad indentation of a sequence entry");
		if (state.line === entryLine && state.input.charCodeAt(state.position) === 45 && isWsOrEolOrEnd(state.input.charCodeAt(state.position + 1))) throwError(state, "bad indentation of a sequence entry");
	}
	addPopEvent(state);
	return true;
}
function readBlockMapping(state, nodeIndent, flowIndent, props) {
	let atExplicitKey = false;
	let detected = false;
	let mappingOpened = false;
	let pendingExplicitKey = false;
	if (state.firstTabInLine !== -1) return false;
	let ch = state.input.charCodeAt(state.position);
	while (ch !== 0) {
		if (!atExplicitKey && state.firstTabInLine !== -1) {
			state.position = state.firstTabInLine;
			throwError(state, "tab characters must not be used in indentation");
		}
		const following = state.input.charCodeAt(state.position + 1);
		const entryLine = state.line;
		if ((ch === 63 || ch === 58) && isWsOrEolOrEnd(following)) {
			if (!mappingOpened) {
				addMappingEvent(state, state.position, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, COLLECTION_STYLE.BLOCK);
				mappingOpened = true;
			}
			if (ch === 63) {
				if (atExplicitKey) addEmptyScalarEvent(state);
				detected = true;
				atExplicitKey = true;
			} else if (atExplicitKey) atExplicitKey = false;
			else {
				addEmptyScalarEvent(state);
				detected = true;
				atExplicitKey = false;
			}
			state.position += 1;
			pendingExplicitKey = true;
		} else {
			if (atExplicitKey) {
				addEmptyScalarEvent(state);
				atExplicitKey = false;
			}
			const beforeKey = snapshotState(state);
			if (!parseNode(state, flowIndent, CONTEXT_FLOW_OUT, false, true)) break;
			if (state.line === entryLine) {
				ch = state.input.charCodeAt(state.position);
				while (isWhiteSpace(ch)) ch = state.input.charCodeAt(++state.position);
				if (ch === 58) {
					ch = state.input.charCodeAt(++state.position);
					if (!isWsOrEolOrEnd(ch)) throwError(state, "a whitespace character is expected after the key-value separator within a block mapping");
					if (!mappingOpened) {
						state.events.splice(beforeKey.eventsLength, 0, {
							type: EVENT_ID.MAPPING,
							start: beforeKey.position,
							anchorStart: props.anchorStart,
							anchorEnd: props.anchorEnd,
							tagStart: props.tagStart,
							tagEnd: props.tagEnd,
							style: COLLECTION_STYLE.BLOCK
						});
						mappingOpened = true;
					}
					detected = true;
					atExplicitKey = false;
					pendingExplicitKey = false;
				} else if (detected) throwError(state, "expected ':' after a mapping key");
				else {
					if (props.anchorStart !== NO_RANGE$1 || props.tagStart !== NO_RANGE$1) {
						restoreState(state, beforeKey);
						return false;
					}
					return true;
				}
			} else if (detected) throwError(state, "can not read a block mapping entry; a multiline key may not be an implicit key");
			else {
				if (props.anchorStart !== NO_RANGE$1 || props.tagStart !== NO_RANGE$1) {
					restoreState(state, beforeKey);
					return false;
				}
				return true;
			}
		}
		if (parseNode(state, nodeIndent, CONTEXT_BLOCK_OUT, true, pendingExplicitKey)) pendingExplicitKey = false;
		if (!atExplicitKey) {
			if (pendingExplicitKey) {
				addEmptyScalarEvent(state);
				pendingExplicitKey = false;
			}
		}
		skipSeparationSpace(state, true);
		ch = state.input.charCodeAt(state.position);
		if ((state.line === entryLine || state.lineIndent > nodeIndent) && ch !== 0) throwError(state, "bad indentation of a mapping entry");
		else if (state.lineIndent < nodeIndent) break;
	}
	if (!detected) return false;
	if (atExplicitKey) addEmptyScalarEvent(state);
	if (mappingOpened) addPopEvent(state);
	return true;
}
function parseNode(state, parentIndent, nodeContext, allowToSeek, allowCompact, allowPropertyMapping = true) {
	if (state.depth >= state.maxDepth) throwError(state, `nesting exceeded maxDepth (${state.maxDepth})`);
	state.depth++;
	let indentStatus = 1;
	let atNewLine = false;
	let hasContent = false;
	let propertyStart = null;
	const props = emptyProperties();
	let allowBlockScalars = nodeContext === CONTEXT_BLOCK_OUT || nodeContext === CONTEXT_BLOCK_IN;
	let allowBlockCollections = allowBlockScalars;
	const allowBlockStyles = allowBlockScalars;
	if (allowToSeek && skipSeparationSpace(state, true)) {
		atNewLine = true;
		if (state.lineIndent > parentIndent) indentStatus = 1;
		else if (state.lineIndent === parentIndent) indentStatus = 0;
		else indentStatus = -1;
	}
	if (indentStatus === 1) while (true) {
		const ch = state.input.charCodeAt(state.position);
		const propertyState = snapshotState(state);
		if (atNewLine && indentStatus !== 1 && (ch === 33 || ch === 38)) break;
		if (atNewLine && allowBlockStyles && (props.tagStart !== NO_RANGE$1 || props.anchorStart !== NO_RANGE$1) && (ch === 33 || ch === 38)) {
			const fallbackState = snapshotState(state);
			const flowIndent = parentIndent + 1;
			if (readBlockMapping(state, state.position - state.lineStart, flowIndent, props) && state.events[fallbackState.eventsLength]?.type === EVENT_ID.MAPPING) {
				state.depth--;
				return true;
			}
			restoreState(state, fallbackState);
		}
		if (atNewLine && (ch === 33 && props.tagStart !== NO_RANGE$1 || ch === 38 && props.anchorStart !== NO_RANGE$1)) break;
		if (!readTagProperty(state, props, nodeContext === CONTEXT_FLOW_IN) && !readAnchorProperty(state, props)) break;
		if (propertyStart === null) propertyStart = propertyState;
		if (skipSeparationSpace(state, true)) {
			atNewLine = true;
			allowBlockCollections = allowBlockStyles;
			if (state.lineIndent > parentIndent) indentStatus = 1;
			else if (state.lineIndent === parentIndent) indentStatus = 0;
			else indentStatus = -1;
		} else allowBlockCollections = false;
	}
	if (allowBlockCollections) allowBlockCollections = atNewLine || allowCompact;
	if (indentStatus === 1 || nodeContext === CONTEXT_BLOCK_OUT) {
		const flowIndent = nodeContext === CONTEXT_FLOW_IN || nodeContext === CONTEXT_FLOW_OUT ? parentIndent : parentIndent + 1;
		const blockIndent = state.position - state.lineStart;
		if (indentStatus === 1) {
			if (allowBlockCollections && (readBlockSequence(state, blockIndent, props) || readBlockMapping(state, blockIndent, flowIndent, props)) || readFlowCollection(state, flowIndent, props)) hasContent = true;
			else {
				const ch = state.input.charCodeAt(state.position);
				if (propertyStart !== null && allowPropertyMapping && allowBlockStyles && !allowBlockCollections && ch !== 124 && ch !== 62) {
					const fallbackState = snapshotState(state);
					const propertyIndent = propertyStart.position - propertyStart.lineStart;
					restoreState(state, propertyStart);
					if (readBlockMapping(state, propertyIndent, flowIndent, emptyProperties()) && state.events[fallbackState.eventsLength]?.type === EVENT_ID.MAPPING) hasContent = true;
					else restoreState(state, fallbackState);
				}
				if (!hasContent && (allowBlockScalars && readBlockScalar(state, flowIndent, props) || readSingleQuotedScalar(state, flowIndent, props) || readDoubleQuotedScalar(state, flowIndent, props) || readAlias(state, props) || readPlainScalar(state, flowIndent, nodeContext, props))) hasContent = true;
			}
		} else if (indentStatus === 0) hasContent = allowBlockCollections && readBlockSequence(state, blockIndent, props);
	}
	allowBlockScalars = allowBlockScalars && !hasContent;
	if (!hasContent && (props.anchorStart !== NO_RANGE$1 || props.tagStart !== NO_RANGE$1 || allowBlockScalars)) {
		addScalarEvent(state, NO_RANGE$1, NO_RANGE$1, props.anchorStart, props.anchorEnd, props.tagStart, props.tagEnd, SCALAR_STYLE.PLAIN);
		hasContent = true;
	}
	state.depth--;
	return hasContent || props.anchorStart !== NO_RANGE$1 || props.tagStart !== NO_RANGE$1;
}
function readDirective(state) {
	if (state.lineIndent > 0 || state.input.charCodeAt(state.position) !== 37) return false;
	state.position++;
	const nameStart = state.position;
	while (state.input.charCodeAt(state.position) !== 0 && !isWsOrEol(state.input.charCodeAt(state.position))) state.position++;
	const name = state.input.slice(nameStart, state.position);
	const args = [];
	if (name.length === 0) throwError(state, "directive name must not be less than one character in length");
	while (state.input.charCodeAt(state.position) !== 0 && !isEol(state.input.charCodeAt(state.position))) {
		while (isWhiteSpace(state.input.charCodeAt(state.position))) state.position++;
		if (state.input.charCodeAt(state.position) === 35 || isEol(state.input.charCodeAt(state.position)) || state.input.charCodeAt(state.position) === 0) break;
		const start = state.position;
		while (state.input.charCodeAt(state.position) !== 0 && !isWsOrEol(state.input.charCodeAt(state.position))) state.position++;
		args.push(state.input.slice(start, state.position));
	}
	if (isEol(state.input.charCodeAt(state.position))) consumeLineBreak(state);
	if (name === "YAML") {
		if (state.directives.some((directive) => directive.kind === "yaml")) throwError(state, "duplication of %YAML directive");
		if (args.length !== 1) throwError(state, "YAML directive accepts exactly one argument");
		const match = /^([0-9]+)\.([0-9]+)$/.exec(args[0]);
		if (match === null) throwError(state, "ill-formed argument of the YAML directive");
		if (parseInt(match[1], 10) !== 1) throwError(state, "unacceptable YAML version of the document");
		state.directives.push({
			kind: "yaml",
			version: args[0]
		});
	} else if (name === "TAG") {
		if (args.length !== 2) throwError(state, "TAG directive accepts exactly two arguments");
		const [handle, prefix] = args;
		if (!PATTERN_TAG_HANDLE.test(handle)) throwError(state, "ill-formed tag handle (first argument) of the TAG directive");
		if (HAS_OWN.call(state.tagHandlers, handle)) throwError(state, `there is a previously declared suffix for "${handle}" tag handle`);
		if (!PATTERN_TAG_PREFIX.test(prefix)) throwError(state, "ill-formed tag prefix (second argument) of the TAG directive");
		state.tagHandlers[handle] = prefix;
		state.directives.push({
			kind: "tag",
			handle,
			prefix
		});
	}
	return true;
}
function readDocument(state) {
	state.directives = [];
	state.tagHandlers = Object.create(null);
	let hasDirectives = false;
	skipSeparationSpace(state, true);
	while (readDirective(state)) {
		hasDirectives = true;
		skipSeparationSpace(state, true);
	}
	let explicitStart = false;
	let explicitEnd = false;
	let allowCompact = true;
	if (state.lineIndent === 0 && state.input.charCodeAt(state.position) === 45 && state.input.charCodeAt(state.position + 1) === 45 && state.input.charCodeAt(state.position + 2) === 45 && isWsOrEolOrEnd(state.input.charCodeAt(state.position + 3))) {
		explicitStart = true;
		const markerLine = state.line;
		state.position += 3;
		skipSeparationSpace(state, true);
		allowCompact = state.line > markerLine;
	} else if (hasDirectives) throwError(state, "directives end mark is expected");
	const documentEventIndex = state.events.length;
	if (!explicitStart && state.position === state.lineStart && state.input.charCodeAt(state.position) === 46 && testDocumentSeparator(state)) {
		state.position += 3;
		skipSeparationSpace(state, true);
		return;
	}
	addDocumentEvent(state, explicitStart, false);
	if (!parseNode(state, state.lineIndent - 1, CONTEXT_BLOCK_OUT, false, allowCompact, allowCompact)) addEmptyScalarEvent(state);
	skipSeparationSpace(state, true);
	if (state.position === state.lineStart && testDocumentSeparator(state)) {
		explicitEnd = state.input.charCodeAt(state.position) === 46;
		if (explicitEnd) {
			const markerLine = state.line;
			state.position += 3;
			skipSeparationSpace(state, true);
			if (state.line === markerLine && state.position < state.length) throwError(state, "end of the stream or a document separator is expected");
		}
	}
	const documentEvent = state.events[documentEventIndex];
	if (documentEvent?.type === EVENT_ID.DOCUMENT) documentEvent.explicitEnd = explicitEnd;
	addPopEvent(state);
	if (!explicitEnd && state.position < state.length && !testDocumentBoundary(state)) throwError(state, "end of the stream or a document separator is expected");
}
/**
* Parses YAML into a flat event stream referencing source text by offsets.
*
* @category Events
*/
function parseEvents(input, options) {
	const length = input.length;
	const state = {
		...DEFAULT_PARSER_OPTIONS,
		...options,
		input: `${input}\0`,
		length,
		position: 0,
		line: 0,
		lineStart: 0,
		lineIndent: 0,
		firstTabInLine: -1,
		depth: 0,
		directives: [],
		tagHandlers: Object.create(null),
		events: []
	};
	const nullpos = input.indexOf("\0");
	if (nullpos !== -1) YAMLException.throwAt(input, nullpos, "null byte is not allowed in input", state.filename);
	while (state.position < state.length) {
		skipByteOrderMark(state);
		skipSeparationSpace(state, true);
		if (state.position >= state.length) break;
		const documentStart = state.position;
		readDocument(state);
		if (state.position === documentStart)
 /* c8 ignore next */
		throwError(state, "can not read a document");
	}
	return state.events;
}
function loadDocuments(input, options = {}) {
	const opts = {
		...DEFAULT_LOAD_OPTIONS,
		...options
	};
	const source = String(input);
	const PARSER_OPT_KEYS = Object.keys(DEFAULT_PARSER_OPTIONS);
	const CONSTRUCTOR_OPT_KEYS = Object.keys(DEFAULT_CONSTRUCTOR_OPTIONS);
	return constructFromEvents(parseEvents(source, pick(opts, PARSER_OPT_KEYS)), {
		...pick(opts, CONSTRUCTOR_OPT_KEYS),
		source
	});
}
/**
* Parses `string` as a single YAML document. Throws {@link YAMLException} on
* error. This function does not understand multi-document or empty sources; it
* throws an exception on those.
*
* > [!NOTE]
* > 1. When processing untrusted input, see the
* >    [security considerations](../docs/safety.md).
* > 2. All exceptions MUST be caught, not just {@link YAMLException}.
* > 3. The default {@link CORE_SCHEMA} comes without the `!!merge` tag. You can
* >    easily enable it if needed.
* > 4. The default {@link mapTag} is `{}`-object based, with known limitations
* >    (see description). For full compatibility use {@link realMapTag}
* >    instead (it uses native JS `Map`).
*
* @example
* Enable {@link mergeTag} and {@link realMapTag}:
*
* ```javascript
* import { load, CORE_SCHEMA, mergeTag, realMapTag } from 'js-yaml'
*
* try {
*   load(data, { schema: CORE_SCHEMA.withTags(mergeTag, realMapTag) })
* } catch (e) {
*   console.error(e)
* }
* ```
*
* @category Main
*/
function load(input, options) {
	const documents = loadDocuments(input, options);
	if (documents.length === 0) throw new YAMLException("expected a document, but the input is empty");
	if (documents.length === 1) return documents[0];
	throw new YAMLException("expected a single document in the stream, but found more");
}
function hasBit(mask, bit) {
	return (mask & 1 << bit) !== 0;
}
function _preferredQuotedStyle(layout) {
	if (layout.presenterOptions.quoteStyle === "single" && hasBit(layout.allowedStylesMask, SCALAR_STYLE.SINGLE_QUOTED)) return SCALAR_STYLE.SINGLE_QUOTED;
	return SCALAR_STYLE.DOUBLE_QUOTED;
}
function applyQuoteFlowKeysOption(layout) {
	if (!layout.presenterOptions.quoteFlowKeys) return;
	if (!layout.isKey || !layout.flowOnly || layout.style !== SCALAR_STYLE.PLAIN) return;
	layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}
function doubleQuoteForInvisibles(layout) {
	if (layout.style === SCALAR_STYLE.PLAIN && /[\t\x7F-\xA0\u2028\u2029\uFEFF\uFFFE\uFFFF]/.test(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}
function doubleQuoteWhitespaceOnly(layout) {
	if (layout.style === SCALAR_STYLE.PLAIN && /^\s+$/.test(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}
function applyForceQuotesOption(layout) {
	if (!layout.presenterOptions.forceQuotes) return;
	if (layout.isKey || layout.style !== SCALAR_STYLE.PLAIN) return;
	if (layout.node.tag !== layout.presenterOptions.schema.defaultScalarTag.tagName) return;
	layout.style = layout.node.value.includes("\n") ? SCALAR_STYLE.DOUBLE_QUOTED : _preferredQuotedStyle(layout);
}
function tryLongOrMultilineAsBlock(layout) {
	if (layout.style !== SCALAR_STYLE.PLAIN || layout.isKey) return;
	const value = layout.node.value;
	const multiline = value.indexOf("\n") !== -1;
	if (!hasBit(layout.allowedStylesMask, SCALAR_STYLE.LITERAL_BLOCK)) {
		if (multiline) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
		return;
	}
	const w = layout.presenterOptions.lineWidth;
	if (w === -1) {
		if (multiline) layout.style = SCALAR_STYLE.LITERAL_BLOCK;
		return;
	}
	const availableWidth = Math.max(Math.min(w, 40), w - layout.shiftOfContent);
	let position = 0;
	let shouldFold = false;
	while (position <= value.length) {
		let lineEnd = value.length;
		const nextLineBreak = value.indexOf("\n", position);
		if (nextLineBreak !== -1) lineEnd = nextLineBreak;
		const line = value.slice(position, lineEnd);
		if (line.length > availableWidth && line[0] !== " " && / [^ \t]/.test(line)) shouldFold = true;
		if (nextLineBreak === -1) break;
		position = nextLineBreak + 1;
	}
	if (shouldFold) layout.style = SCALAR_STYLE.FOLDED_BLOCK;
	else if (multiline) layout.style = SCALAR_STYLE.LITERAL_BLOCK;
}
function quoteInvalidPlain(layout) {
	if (layout.style === SCALAR_STYLE.PLAIN && !hasBit(layout.allowedStylesMask, SCALAR_STYLE.PLAIN)) layout.style = _preferredQuotedStyle(layout);
}
function fallbackToDoubleQuoted(layout) {
	if (!hasBit(layout.allowedStylesMask, layout.style)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}
var NOT_RESOLVED, strTag, NULL_VALUES$1, nullCoreTag, nullJsonTag, NULL_VALUES, nullYaml11Tag, TRUE_VALUES$2, FALSE_VALUES$2, boolCoreTag, TRUE_VALUES$1, FALSE_VALUES$1, boolJsonTag, TRUE_VALUES, FALSE_VALUES, boolYaml11Tag, YAML_INTEGER_IMPLICIT_PATTERN$1, YAML_INTEGER_EXPLICIT_PATTERN$1, intCoreTag, YAML_INTEGER_IMPLICIT_PATTERN, YAML_INTEGER_EXPLICIT_PATTERN, intJsonTag, YAML_INTEGER_PATTERN, intYaml11Tag, YAML_FLOAT_PATTERN$1, YAML_FLOAT_SPECIAL_PATTERN$1, floatCoreTag, YAML_FLOAT_IMPLICIT_PATTERN, YAML_FLOAT_EXPLICIT_PATTERN, floatJsonTag, YAML_FLOAT_PATTERN, YAML_FLOAT_SPECIAL_PATTERN, floatYaml11Tag, mergeTag, BASE64_PATTERN, binaryTag, YAML_DATE_REGEXP, YAML_TIMESTAMP_REGEXP, timestampTag, seqTag, omapTag, pairsTag, mapTag, setTag, Schema, FAILSAFE_SCHEMA, CORE_SCHEMA, YAML11_SCHEMA, DEFAULT_SNIPPET_OPTIONS, YAMLException, EVENT_ID, SCALAR_STYLE, COLLECTION_STYLE, CHOMPING_MODE, NO_RANGE$3, simpleEscapeCheck, simpleEscapeMap, DEFAULT_TAG_HANDLERS, TAG_SUFFIX_CHARS, NO_RANGE$2, MERGE_TAG_NAME, DEFAULT_CONSTRUCTOR_OPTIONS, NO_RANGE$1, HAS_OWN, CONTEXT_FLOW_IN, CONTEXT_FLOW_OUT, CONTEXT_BLOCK_IN, CONTEXT_BLOCK_OUT, PATTERN_NON_PRINTABLE, PATTERN_FLOW_INDICATORS, PATTERN_TAG_HANDLE, NS_URI_CHAR, NS_TAG_CHAR, PATTERN_TAG_URI, PATTERN_TAG_SUFFIX, PATTERN_TAG_PREFIX, DEFAULT_PARSER_OPTIONS, DEFAULT_LOAD_OPTIONS, DEFAULT_SCALAR_STYLE_RULES, SRC_C_PRINTABLE, SRC_B_CHAR, SRC_C_BYTE_ORDER_MARK, SRC_S_WHITE, SRC_NB_CHAR, SRC_NS_CHAR, SRC_NB_JSON, SRC_C_INDICATOR, SRC_C_FLOW_INDICATOR, SRC_NS_PLAIN_SAFE_FLOW_OUT, SRC_NS_PLAIN_SAFE_FLOW_IN, SRC_NS_PLAIN_FIRST_FLOW_OUT, SRC_NS_PLAIN_FIRST_FLOW_IN, SRC_NS_PLAIN_CHAR_FLOW_OUT, SRC_NS_PLAIN_CHAR_FLOW_IN, SRC_NB_NS_PLAIN_IN_LINE_FLOW_OUT, SRC_NB_NS_PLAIN_IN_LINE_FLOW_IN, SRC_NS_PLAIN_ONE_LINE_FLOW_OUT, SRC_NS_PLAIN_ONE_LINE_FLOW_IN, SRC_NS_PLAIN_ONE_LINE_BLOCK_KEY, SRC_NS_PLAIN_ONE_LINE_FLOW_KEY, SRC_S_NS_PLAIN_NEXT_LINE_FLOW_OUT, SRC_S_NS_PLAIN_NEXT_LINE_FLOW_IN, SRC_NS_PLAIN_MULTI_LINE_FLOW_OUT, SRC_NS_PLAIN_MULTI_LINE_FLOW_IN, DEFAULT_PRESENTER_OPTIONS;
var init_js_yaml = __esmMin((() => {
	NOT_RESOLVED = Symbol("NOT_RESOLVED");
	strTag = defineScalarTag("tag:yaml.org,2002:str", {
		resolve: (source) => source,
		identify: (data) => typeof data === "string"
	});
	NULL_VALUES$1 = [
		"",
		"~",
		"null",
		"Null",
		"NULL"
	];
	nullCoreTag = defineScalarTag("tag:yaml.org,2002:null", {
		implicit: true,
		implicitFirstChars: [
			"",
			"~",
			"n",
			"N"
		],
		resolve: (source) => {
			if (NULL_VALUES$1.indexOf(source) !== -1) return null;
			return NOT_RESOLVED;
		},
		identify: (object) => object === null,
		represent: () => "null"
	});
	nullJsonTag = defineScalarTag("tag:yaml.org,2002:null", {
		implicit: true,
		implicitFirstChars: ["n"],
		resolve: (source, isExplicit) => {
			if (source === "null" || isExplicit && source === "") return null;
			return NOT_RESOLVED;
		},
		identify: (object) => object === null,
		represent: () => "null"
	});
	NULL_VALUES = [
		"",
		"~",
		"null",
		"Null",
		"NULL"
	];
	nullYaml11Tag = defineScalarTag("tag:yaml.org,2002:null", {
		implicit: true,
		implicitFirstChars: [
			"",
			"~",
			"n",
			"N"
		],
		resolve: (source) => {
			if (NULL_VALUES.indexOf(source) !== -1) return null;
			return NOT_RESOLVED;
		},
		identify: (object) => object === null,
		represent: () => "null"
	});
	TRUE_VALUES$2 = [
		"true",
		"True",
		"TRUE"
	];
	FALSE_VALUES$2 = [
		"false",
		"False",
		"FALSE"
	];
	boolCoreTag = defineScalarTag("tag:yaml.org,2002:bool", {
		implicit: true,
		implicitFirstChars: [
			"t",
			"T",
			"f",
			"F"
		],
		resolve: (source) => {
			if (TRUE_VALUES$2.indexOf(source) !== -1) return true;
			if (FALSE_VALUES$2.indexOf(source) !== -1) return false;
			return NOT_RESOLVED;
		},
		identify: (object) => Object.prototype.toString.call(object) === "[object Boolean]",
		represent: (object) => object ? "true" : "false"
	});
	TRUE_VALUES$1 = ["true"];
	FALSE_VALUES$1 = ["false"];
	boolJsonTag = defineScalarTag("tag:yaml.org,2002:bool", {
		implicit: true,
		implicitFirstChars: ["t", "f"],
		resolve: (source) => {
			if (TRUE_VALUES$1.indexOf(source) !== -1) return true;
			if (FALSE_VALUES$1.indexOf(source) !== -1) return false;
			return NOT_RESOLVED;
		},
		identify: (object) => Object.prototype.toString.call(object) === "[object Boolean]",
		represent: (object) => object ? "true" : "false"
	});
	TRUE_VALUES = [
		"true",
		"True",
		"TRUE",
		"y",
		"Y",
		"yes",
		"Yes",
		"YES",
		"on",
		"On",
		"ON"
	];
	FALSE_VALUES = [
		"false",
		"False",
		"FALSE",
		"n",
		"N",
		"no",
		"No",
		"NO",
		"off",
		"Off",
		"OFF"
	];
	boolYaml11Tag = defineScalarTag("tag:yaml.org,2002:bool", {
		implicit: true,
		implicitFirstChars: [
			"y",
			"Y",
			"n",
			"N",
			"t",
			"T",
			"f",
			"F",
			"o",
			"O"
		],
		resolve: (source) => {
			if (TRUE_VALUES.indexOf(source) !== -1) return true;
			if (FALSE_VALUES.indexOf(source) !== -1) return false;
			return NOT_RESOLVED;
		},
		identify: (object) => Object.prototype.toString.call(object) === "[object Boolean]",
		represent: (object) => object ? "true" : "false"
	});
	YAML_INTEGER_IMPLICIT_PATTERN$1 = /* @__PURE__ */ new RegExp("^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+)$");
	YAML_INTEGER_EXPLICIT_PATTERN$1 = /* @__PURE__ */ new RegExp("^(?:[-+]?0b[0-1]+|[-+]?0o[0-7]+|[-+]?0x[0-9a-fA-F]+|[-+]?[0-9]+)$");
	intCoreTag = defineScalarTag("tag:yaml.org,2002:int", {
		implicit: true,
		implicitFirstChars: [
			"-",
			"+",
			..."0123456789"
		],
		resolve: resolveYamlInteger$2,
		identify: (object) => Number.isInteger(object) && !Object.is(object, -0) && object.toString(10).indexOf("e") < 0,
		represent: (object) => object.toString(10)
	});
	YAML_INTEGER_IMPLICIT_PATTERN = /* @__PURE__ */ new RegExp("^-?(?:0|[1-9][0-9]*)$");
	YAML_INTEGER_EXPLICIT_PATTERN = /* @__PURE__ */ new RegExp("^(?:[-+]?0b[0-1]+|[-+]?0o[0-7]+|[-+]?0x[0-9a-fA-F]+|[-+]?[0-9]+)$");
	intJsonTag = defineScalarTag("tag:yaml.org,2002:int", {
		implicit: true,
		implicitFirstChars: ["-", ..."0123456789"],
		resolve: resolveYamlInteger$1,
		identify: (object) => Number.isInteger(object) && !Object.is(object, -0) && object.toString(10).indexOf("e") < 0,
		represent: (object) => object.toString(10)
	});
	YAML_INTEGER_PATTERN = /* @__PURE__ */ new RegExp("^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?(?:0|[1-9][0-9_]*))$");
	intYaml11Tag = defineScalarTag("tag:yaml.org,2002:int", {
		implicit: true,
		implicitFirstChars: [
			"-",
			"+",
			..."0123456789"
		],
		resolve: resolveYamlInteger,
		identify: (object) => Number.isInteger(object) && !Object.is(object, -0) && object.toString(10).indexOf("e") < 0,
		represent: (object) => object.toString(10)
	});
	YAML_FLOAT_PATTERN$1 = /* @__PURE__ */ new RegExp("^(?:[-+]?[0-9]+(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\\.[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$");
	YAML_FLOAT_SPECIAL_PATTERN$1 = /* @__PURE__ */ new RegExp("^(?:[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$");
	floatCoreTag = defineScalarTag("tag:yaml.org,2002:float", {
		implicit: true,
		implicitFirstChars: [
			"-",
			"+",
			".",
			..."0123456789"
		],
		resolve: resolveYamlFloat$2,
		identify: (object) => typeof object === "number" && (!Number.isInteger(object) || Object.is(object, -0) || object.toString(10).indexOf("e") >= 0),
		represent: representYamlFloat$2
	});
	YAML_FLOAT_IMPLICIT_PATTERN = /* @__PURE__ */ new RegExp("^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$");
	YAML_FLOAT_EXPLICIT_PATTERN = /* @__PURE__ */ new RegExp("^(?:[-+]?[0-9]+(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\\.[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$");
	floatJsonTag = defineScalarTag("tag:yaml.org,2002:float", {
		implicit: true,
		implicitFirstChars: ["-", ..."0123456789"],
		resolve: resolveYamlFloat$1,
		identify: (object) => typeof object === "number" && (!Number.isInteger(object) || Object.is(object, -0) || object.toString(10).indexOf("e") >= 0),
		represent: representYamlFloat$1
	});
	YAML_FLOAT_PATTERN = /* @__PURE__ */ new RegExp("^(?:[-+]?(?:(?:[0-9][0-9_]*)?\\.[0-9_]*)(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$");
	YAML_FLOAT_SPECIAL_PATTERN = /* @__PURE__ */ new RegExp("^(?:[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$");
	floatYaml11Tag = defineScalarTag("tag:yaml.org,2002:float", {
		implicit: true,
		implicitFirstChars: [
			"-",
			"+",
			".",
			..."0123456789"
		],
		resolve: resolveYamlFloat,
		identify: (object) => typeof object === "number" && (!Number.isInteger(object) || Object.is(object, -0) || object.toString(10).indexOf("e") >= 0),
		represent: representYamlFloat
	});
	mergeTag = defineScalarTag("tag:yaml.org,2002:merge", {
		implicit: true,
		implicitFirstChars: ["<"],
		resolve: (source, isExplicit) => {
			if (source === "<<" || isExplicit && source === "") return "<<";
			return NOT_RESOLVED;
		},
		identify: () => false
	});
	BASE64_PATTERN = /^[A-Za-z0-9+/]*={0,2}$/;
	binaryTag = defineScalarTag("tag:yaml.org,2002:binary", {
		resolve: resolveYamlBinary,
		identify: (object) => Object.prototype.toString.call(object) === "[object Uint8Array]",
		represent: representYamlBinary
	});
	YAML_DATE_REGEXP = /* @__PURE__ */ new RegExp("^([0-9][0-9][0-9][0-9])-([0-9][0-9])-([0-9][0-9])$");
	YAML_TIMESTAMP_REGEXP = /* @__PURE__ */ new RegExp("^([0-9][0-9][0-9][0-9])-([0-9][0-9]?)-([0-9][0-9]?)(?:[Tt]|[ \\t]+)([0-9][0-9]?):([0-9][0-9]):([0-9][0-9])(?:\\.([0-9]*))?(?:[ \\t]*(Z|([-+])([0-9][0-9]?)(?::([0-9][0-9]))?))?$");
	timestampTag = defineScalarTag("tag:yaml.org,2002:timestamp", {
		implicit: true,
		implicitFirstChars: [..."0123456789"],
		resolve: resolveYamlTimestamp,
		identify: (object) => object instanceof Date,
		represent: (object) => object.toISOString()
	});
	seqTag = defineSequenceTag("tag:yaml.org,2002:seq", {
		create: () => [],
		addItem: (container, item) => {
			container.push(item);
		},
		identify: Array.isArray
	});
	omapTag = defineSequenceTag("tag:yaml.org,2002:omap", {
		create: () => ({
			list: [],
			seen: /* @__PURE__ */ new Set()
		}),
		addItem: (carrier, item) => {
			let key;
			if (item instanceof Map) {
				if (item.size !== 1) return "cannot resolve an ordered map item";
				key = item.keys().next().value;
			} else if (isPlainObject(item)) {
				const itemKeys = Object.keys(item);
				if (itemKeys.length !== 1) return "cannot resolve an ordered map item";
				key = itemKeys[0];
			} else return "cannot resolve an ordered map item";
			if (carrier.seen.has(key)) return "duplicate key in ordered map";
			carrier.seen.add(key);
			carrier.list.push(item);
			return "";
		},
		finalize: (carrier) => carrier.list,
		identify: () => false
	});
	pairsTag = defineSequenceTag("tag:yaml.org,2002:pairs", {
		create: () => [],
		addItem: (container, item) => {
			if (item instanceof Map) {
				if (item.size !== 1) return "cannot resolve a pairs item";
				container.push(item.entries().next().value);
				return "";
			}
			if (Object.prototype.toString.call(item) !== "[object Object]") return "cannot resolve a pairs item";
			const object = item;
			const keys = Object.keys(object);
			if (keys.length !== 1) return "cannot resolve a pairs item";
			container.push([keys[0], object[keys[0]]]);
			return "";
		},
		identify: () => false
	});
	mapTag = defineMappingTag("tag:yaml.org,2002:map", {
		create: () => ({}),
		identify: isPlainObject,
		represent: (o) => {
			const map = /* @__PURE__ */ new Map();
			for (const key of Object.keys(o)) map.set(key, o[key]);
			return map;
		},
		addPair: (container, key, value) => {
			if (key !== null && typeof key === "object") return "object-based map does not support complex keys";
			const normalizedKey = String(key);
			if (normalizedKey === "__proto__") Object.defineProperty(container, normalizedKey, {
				value,
				enumerable: true,
				configurable: true,
				writable: true
			});
			else container[normalizedKey] = value;
			return "";
		},
		has: (container, key) => {
			if (key !== null && typeof key === "object") return false;
			return Object.prototype.hasOwnProperty.call(container, String(key));
		},
		keys: (container) => Object.keys(container),
		get: (container, key) => {
			const normalizedKey = String(key);
			if (!Object.prototype.hasOwnProperty.call(container, normalizedKey)) return null;
			return container[normalizedKey];
		}
	});
	setTag = defineMappingTag("tag:yaml.org,2002:set", {
		create: () => /* @__PURE__ */ new Set(),
		identify: (data) => data instanceof Set,
		represent: (data) => {
			const map = /* @__PURE__ */ new Map();
			for (const key of data) map.set(key, null);
			return map;
		},
		addPair: (container, key, value) => {
			if (value !== null) return "cannot resolve a set item";
			container.add(key);
			return "";
		},
		has: (container, key) => container.has(key),
		keys: (container) => container.keys(),
		get: () => null
	});
	Schema = class Schema {
		tags;
		/** @internal */
		implicitScalarTags;
		/**
		* Dispatch implicit scalar resolvers by `source.charAt(0)`. Each bucket holds
		* the resolvers that may match that key, in schema order; a key absent from
		* the map uses
		* {@link Schema.implicitScalarAnyFirstChar}
		* (resolvers that declared no first-char constraint, so they apply to any
		* first character).
		*/
		implicitScalarByFirstChar;
		implicitScalarAnyFirstChar;
		/**
		* The default scalar tag (`!!str`), resolved once so the composer's fallback
		* for unresolved plain scalars avoids a keyed lookup per scalar.
		*
		* @internal
		*/
		defaultScalarTag;
		/**
		* The default container tags (`!!seq` / `!!map`), used by the dumper: when a
		* value is identified by its default tag, the tag is implicit and not
		* printed. Undefined if the schema does not define them (then such values
		* can't be dumped).
		*
		* @internal
		*/
		defaultSequenceTag;
		/** @internal */
		defaultMappingTag;
		exact;
		prefix;
		constructor(tags) {
			const compiledTags = compileTags(tags);
			const implicitScalarTags = [];
			const exact = createTagDefinitionMap();
			const prefix = createTagDefinitionListMap();
			for (const tag of compiledTags) {
				if (tag.nodeKind === "scalar" && tag.implicit) {
					if (tag.matchByTagPrefix) throw new Error("Implicit scalar tags cannot match by tag prefix");
					implicitScalarTags.push(tag);
				}
				switch (tag.nodeKind) {
					case "scalar":
						if (tag.matchByTagPrefix) prefix.scalar.push(tag);
						else exact.scalar[tag.tagName] = tag;
						break;
					case "sequence":
						if (tag.matchByTagPrefix) prefix.sequence.push(tag);
						else exact.sequence[tag.tagName] = tag;
						break;
					case "mapping": if (tag.matchByTagPrefix) prefix.mapping.push(tag);
					else exact.mapping[tag.tagName] = tag;
				}
			}
			const implicitScalarAnyFirstChar = implicitScalarTags.filter((tag) => tag.implicitFirstChars === null);
			const keys = /* @__PURE__ */ new Set();
			for (const tag of implicitScalarTags) if (tag.implicitFirstChars !== null) for (const key of tag.implicitFirstChars) keys.add(key);
			const implicitScalarByFirstChar = /* @__PURE__ */ new Map();
			for (const key of keys) implicitScalarByFirstChar.set(key, implicitScalarTags.filter((tag) => tag.implicitFirstChars === null || tag.implicitFirstChars.indexOf(key) !== -1));
			const defaultScalarTag = exact.scalar["tag:yaml.org,2002:str"];
			if (!defaultScalarTag) throw new Error("schema does not define the default scalar tag (tag:yaml.org,2002:str)");
			this.tags = compiledTags;
			this.implicitScalarTags = implicitScalarTags;
			this.implicitScalarByFirstChar = implicitScalarByFirstChar;
			this.implicitScalarAnyFirstChar = implicitScalarAnyFirstChar;
			this.defaultScalarTag = defaultScalarTag;
			this.defaultSequenceTag = exact.sequence["tag:yaml.org,2002:seq"];
			this.defaultMappingTag = exact.mapping["tag:yaml.org,2002:map"];
			this.exact = exact;
			this.prefix = prefix;
		}
		/** @internal */
		lookupScalarTag(tagName) {
			const exactTag = this.exact.scalar[tagName];
			if (exactTag) return exactTag;
			for (const tag of this.prefix.scalar) if (tagName.startsWith(tag.tagName)) return tag;
		}
		/** @internal */
		lookupSequenceTag(tagName) {
			const exactTag = this.exact.sequence[tagName];
			if (exactTag) return exactTag;
			for (const tag of this.prefix.sequence) if (tagName.startsWith(tag.tagName)) return tag;
		}
		/** @internal */
		lookupMappingTag(tagName) {
			const exactTag = this.exact.mapping[tagName];
			if (exactTag) return exactTag;
			for (const tag of this.prefix.mapping) if (tagName.startsWith(tag.tagName)) return tag;
		}
		/** @internal */
		resolveImplicitScalarTag(source) {
			const candidates = this.implicitScalarByFirstChar.get(source.charAt(0)) ?? this.implicitScalarAnyFirstChar;
			for (const tag of candidates) {
				const value = tag.resolve(source, false, tag.tagName);
				if (value !== NOT_RESOLVED) return {
					value,
					tag
				};
			}
			const tag = this.defaultScalarTag;
			return {
				value: tag.resolve(source, false, tag.tagName),
				tag
			};
		}
		/**
		* Creates a new schema with the specified tags added. If a tag already
		* exists, it is replaced by the specified tag.
		*
		* @example
		*
		* ```javascript
		* import { CORE_SCHEMA, mergeTag, realMapTag } from 'js-yaml'
		*
		* const schema = CORE_SCHEMA.withTags(mergeTag, realMapTag)
		* ```
		*/
		withTags(...tags) {
			let flatTags = [];
			for (const tag of tags) flatTags = flatTags.concat(tag);
			return new Schema([...this.tags, ...flatTags]);
		}
	};
	FAILSAFE_SCHEMA = new Schema([
		strTag,
		seqTag,
		mapTag
	]);
	new Schema([
		...FAILSAFE_SCHEMA.tags,
		nullJsonTag,
		boolJsonTag,
		intJsonTag,
		floatJsonTag
	]);
	CORE_SCHEMA = new Schema([
		...FAILSAFE_SCHEMA.tags,
		nullCoreTag,
		boolCoreTag,
		intCoreTag,
		floatCoreTag
	]);
	YAML11_SCHEMA = new Schema([
		...FAILSAFE_SCHEMA.tags,
		nullYaml11Tag,
		boolYaml11Tag,
		intYaml11Tag,
		floatYaml11Tag,
		timestampTag,
		mergeTag,
		binaryTag,
		omapTag,
		pairsTag,
		setTag
	]);
	YAML11_SCHEMA.withTags({
		...intYaml11Tag,
		resolve: (source, isExplicit, tagName) => {
			const result = intYaml11Tag.resolve(source, isExplicit, tagName);
			return result === NOT_RESOLVED ? intCoreTag.resolve(source, isExplicit, tagName) : result;
		}
	}, {
		...floatYaml11Tag,
		resolve: (source, isExplicit, tagName) => {
			const result = floatYaml11Tag.resolve(source, isExplicit, tagName);
			return result === NOT_RESOLVED ? floatCoreTag.resolve(source, isExplicit, tagName) : result;
		}
	});
	defineMappingTag("tag:yaml.org,2002:map", {
		create: () => /* @__PURE__ */ new Map(),
		addPair: (container, key, value) => {
			container.set(key, value);
			return "";
		},
		has: (container, key) => container.has(key),
		keys: (container) => container.keys(),
		get: (container, key) => container.get(key),
		identify: (data) => data instanceof Map || isPlainObject(data),
		represent: (data) => {
			if (data instanceof Map) return data;
			const map = /* @__PURE__ */ new Map();
			const obj = data;
			for (const key of Object.keys(obj)) map.set(key, obj[key]);
			return map;
		}
	});
	defineMappingTag("tag:yaml.org,2002:map", {
		create: () => ({}),
		identify: isPlainObject,
		represent: (o) => {
			const map = /* @__PURE__ */ new Map();
			for (const key of Object.keys(o)) map.set(key, o[key]);
			return map;
		},
		addPair: (container, key, value) => {
			const normalizedKey = normalizeKey(key);
			if (normalizedKey === null) return "nested arrays are not supported inside keys";
			if (normalizedKey === "__proto__") Object.defineProperty(container, normalizedKey, {
				value,
				enumerable: true,
				configurable: true,
				writable: true
			});
			else container[normalizedKey] = value;
			return "";
		},
		has: (container, key) => {
			const normalizedKey = normalizeKey(key);
			return normalizedKey !== null && Object.prototype.hasOwnProperty.call(container, normalizedKey);
		},
		keys: (container) => Object.keys(container),
		get: (container, key) => {
			const normalizedKey = String(key);
			if (!Object.prototype.hasOwnProperty.call(container, normalizedKey)) return null;
			return container[normalizedKey];
		}
	});
	DEFAULT_SNIPPET_OPTIONS = {
		maxLength: 79,
		indent: 1,
		linesBefore: 3,
		linesAfter: 2
	};
	YAMLException = class YAMLException extends Error {
		reason;
		mark;
		/**
		* Optional `mark` contains source snippet data. Usually, use
		* {@link YAMLException.throwAt} instead of passing it directly.
		*/
		constructor(reason, mark) {
			super();
			this.name = "YAMLException";
			this.reason = reason;
			this.mark = mark;
			this.message = formatError(this, false);
			if (Error.captureStackTrace) Error.captureStackTrace(this, this.constructor);
		}
		/**
		* Returns the formatted error, omitting the source snippet in compact mode.
		*/
		toString(compact) {
			return `${this.name}: ${formatError(this, compact)}`;
		}
		/**
		* Builds a YAMLException with a source snippet and throws it. `source` is
		* the raw input text; `position` is an offset into it.
		*/
		static throwAt(source, position, message, filename = "") {
			let line = 0;
			let lineStart = 0;
			for (let index = 0; index < position; index++) {
				const ch = source.charCodeAt(index);
				if (ch === 10) {
					line++;
					lineStart = index + 1;
				} else if (ch === 13) {
					line++;
					if (source.charCodeAt(index + 1) === 10) index++;
					lineStart = index + 1;
				}
			}
			const mark = {
				name: filename,
				buffer: source,
				position,
				line,
				column: position - lineStart
			};
			mark.snippet = makeSnippet(mark);
			throw new YAMLException(message, mark);
		}
	};
	EVENT_ID = {
		DOCUMENT: 1,
		SEQUENCE: 2,
		MAPPING: 3,
		SCALAR: 4,
		ALIAS: 5,
		POP: 6
	};
	SCALAR_STYLE = {
		PLAIN: 1,
		SINGLE_QUOTED: 2,
		DOUBLE_QUOTED: 3,
		LITERAL_BLOCK: 4,
		FOLDED_BLOCK: 5
	};
	COLLECTION_STYLE = {
		BLOCK: 1,
		FLOW: 2
	};
	CHOMPING_MODE = {
		CLIP: 1,
		STRIP: 2,
		KEEP: 3
	};
	NO_RANGE$3 = -1;
	simpleEscapeCheck = new Array(256);
	simpleEscapeMap = new Array(256);
	for (let i = 0; i < 256; i++) {
		simpleEscapeCheck[i] = simpleEscapeSequence(i) ? 1 : 0;
		simpleEscapeMap[i] = simpleEscapeSequence(i);
	}
	DEFAULT_TAG_HANDLERS = Object.assign(Object.create(null), {
		"!": "!",
		"!!": "tag:yaml.org,2002:"
	});
	TAG_SUFFIX_CHARS = "-#;/?:@&=+$_.~*'()";
	TAG_SUFFIX_CHARS + "";
	NO_RANGE$2 = -1;
	MERGE_TAG_NAME = "tag:yaml.org,2002:merge";
	DEFAULT_CONSTRUCTOR_OPTIONS = {
		filename: "",
		schema: CORE_SCHEMA,
		json: false,
		maxTotalMergeKeys: 1e4,
		maxAliases: -1
	};
	NO_RANGE$1 = -1;
	HAS_OWN = Object.prototype.hasOwnProperty;
	CONTEXT_FLOW_IN = 1;
	CONTEXT_FLOW_OUT = 2;
	CONTEXT_BLOCK_IN = 3;
	CONTEXT_BLOCK_OUT = 4;
	PATTERN_NON_PRINTABLE = /[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;
	PATTERN_FLOW_INDICATORS = /[,\[\]{}]/;
	PATTERN_TAG_HANDLE = /^(?:!|!!|![0-9A-Za-z-]+!)$/;
	NS_URI_CHAR = String.raw`(?:%[0-9A-Fa-f]{2}|[0-9A-Za-z\-#;/?:@&=+$,_.!~*'()\[\]])`;
	NS_TAG_CHAR = String.raw`(?:%[0-9A-Fa-f]{2}|[0-9A-Za-z\-#;/?:@&=+$.~*'()_])`;
	PATTERN_TAG_URI = new RegExp(`^(?:${NS_URI_CHAR})*$`);
	PATTERN_TAG_SUFFIX = new RegExp(`^(?:${NS_TAG_CHAR})+$`);
	PATTERN_TAG_PREFIX = new RegExp(`^(?:!(?:${NS_URI_CHAR})*|${NS_TAG_CHAR}(?:${NS_URI_CHAR})*)$`);
	DEFAULT_PARSER_OPTIONS = {
		filename: "",
		maxDepth: 100
	};
	DEFAULT_LOAD_OPTIONS = {
		...DEFAULT_PARSER_OPTIONS,
		...DEFAULT_CONSTRUCTOR_OPTIONS
	};
	DEFAULT_SCALAR_STYLE_RULES = {
		applyQuoteFlowKeysOption,
		doubleQuoteForInvisibles,
		doubleQuoteWhitespaceOnly,
		applyForceQuotesOption,
		tryLongOrMultilineAsBlock,
		quoteInvalidPlain,
		fallbackToDoubleQuoted
	};
	SRC_C_PRINTABLE = "[\\x09\\x0A\\x0D\\x20-\\x7E\\x85\\xA0-\\uD7FF\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]";
	SRC_B_CHAR = "[\\n\\r]";
	SRC_C_BYTE_ORDER_MARK = "\\uFEFF";
	SRC_S_WHITE = "[ \\t]";
	SRC_NB_CHAR = `(?:(?!(?:${SRC_B_CHAR}|${SRC_C_BYTE_ORDER_MARK}))${SRC_C_PRINTABLE})`;
	SRC_NS_CHAR = `(?:(?!${SRC_S_WHITE})${SRC_NB_CHAR})`;
	SRC_NB_JSON = "[\\x09\\x20-\\uD7FF\\uE000-\\uFFFF\\u{10000}-\\u{10FFFF}]";
	SRC_C_INDICATOR = "[-?:,\\[\\]{}#&*!|>'\"%@`]";
	SRC_C_FLOW_INDICATOR = "[,\\[\\]{}]";
	SRC_NS_PLAIN_SAFE_FLOW_OUT = SRC_NS_CHAR;
	SRC_NS_PLAIN_SAFE_FLOW_IN = `(?:(?!${SRC_C_FLOW_INDICATOR})${SRC_NS_CHAR})`;
	SRC_NS_PLAIN_FIRST_FLOW_OUT = `(?:(?:(?!${SRC_C_INDICATOR})${SRC_NS_CHAR})|[?:-](?=${SRC_NS_PLAIN_SAFE_FLOW_OUT}))`;
	SRC_NS_PLAIN_FIRST_FLOW_IN = `(?:(?:(?!${SRC_C_INDICATOR})${SRC_NS_CHAR})|[?:-](?=${SRC_NS_PLAIN_SAFE_FLOW_IN}))`;
	SRC_NS_PLAIN_CHAR_FLOW_OUT = `(?:(?:(?![:#])${SRC_NS_PLAIN_SAFE_FLOW_OUT})|:(?=${SRC_NS_PLAIN_SAFE_FLOW_OUT}))#*`;
	SRC_NS_PLAIN_CHAR_FLOW_IN = `(?:(?:(?![:#])${SRC_NS_PLAIN_SAFE_FLOW_IN})|:(?=${SRC_NS_PLAIN_SAFE_FLOW_IN}))#*`;
	SRC_NB_NS_PLAIN_IN_LINE_FLOW_OUT = `(?:${SRC_S_WHITE}*${SRC_NS_PLAIN_CHAR_FLOW_OUT})*`;
	SRC_NB_NS_PLAIN_IN_LINE_FLOW_IN = `(?:${SRC_S_WHITE}*${SRC_NS_PLAIN_CHAR_FLOW_IN})*`;
	SRC_NS_PLAIN_ONE_LINE_FLOW_OUT = `${SRC_NS_PLAIN_FIRST_FLOW_OUT}#*${SRC_NB_NS_PLAIN_IN_LINE_FLOW_OUT}`;
	SRC_NS_PLAIN_ONE_LINE_FLOW_IN = `${SRC_NS_PLAIN_FIRST_FLOW_IN}#*${SRC_NB_NS_PLAIN_IN_LINE_FLOW_IN}`;
	SRC_NS_PLAIN_ONE_LINE_BLOCK_KEY = SRC_NS_PLAIN_ONE_LINE_FLOW_OUT;
	SRC_NS_PLAIN_ONE_LINE_FLOW_KEY = SRC_NS_PLAIN_ONE_LINE_FLOW_IN;
	SRC_S_NS_PLAIN_NEXT_LINE_FLOW_OUT = `\\n+${SRC_NS_PLAIN_CHAR_FLOW_OUT}${SRC_NB_NS_PLAIN_IN_LINE_FLOW_OUT}`;
	SRC_S_NS_PLAIN_NEXT_LINE_FLOW_IN = `\\n+${SRC_NS_PLAIN_CHAR_FLOW_IN}${SRC_NB_NS_PLAIN_IN_LINE_FLOW_IN}`;
	SRC_NS_PLAIN_MULTI_LINE_FLOW_OUT = `${SRC_NS_PLAIN_ONE_LINE_FLOW_OUT}(?:${SRC_S_NS_PLAIN_NEXT_LINE_FLOW_OUT})*`;
	SRC_NS_PLAIN_MULTI_LINE_FLOW_IN = `${SRC_NS_PLAIN_ONE_LINE_FLOW_IN}(?:${SRC_S_NS_PLAIN_NEXT_LINE_FLOW_IN})*`;
	new RegExp(`^(?:${SRC_NS_PLAIN_MULTI_LINE_FLOW_OUT})$`, "u");
	new RegExp(`^(?:${SRC_NS_PLAIN_MULTI_LINE_FLOW_IN})$`, "u");
	new RegExp(`^(?:${SRC_NS_PLAIN_ONE_LINE_BLOCK_KEY})$`, "u");
	new RegExp(`^(?:${SRC_NS_PLAIN_ONE_LINE_FLOW_KEY})$`, "u");
	new RegExp(`^(?:${SRC_NB_JSON})*$`, "u");
	new RegExp(`^(?:${SRC_NB_JSON}|\\n)*$`, "u");
	new RegExp(`^(?:${SRC_NB_CHAR}|\\n)*$`, "u");
	DEFAULT_PRESENTER_OPTIONS = {
		indent: 2,
		seqNoIndent: false,
		seqInlineFirst: true,
		lineWidth: 80,
		flowBracketPadding: false,
		flowSkipCommaSpace: false,
		flowSkipColonSpace: false,
		quoteFlowKeys: false,
		quoteStyle: "single",
		forceQuotes: false,
		scalarStyleRules: Object.keys(DEFAULT_SCALAR_STYLE_RULES).map((name) => Reflect.get(DEFAULT_SCALAR_STYLE_RULES, name)),
		tagBeforeAnchor: false
	};
	({ ...DEFAULT_PRESENTER_OPTIONS });
	EVENT_ID.DOCUMENT;
	EVENT_ID.SEQUENCE;
	EVENT_ID.MAPPING;
	EVENT_ID.SCALAR;
	EVENT_ID.ALIAS;
	EVENT_ID.POP;
	SCALAR_STYLE.PLAIN;
	SCALAR_STYLE.SINGLE_QUOTED;
	SCALAR_STYLE.DOUBLE_QUOTED;
	SCALAR_STYLE.LITERAL_BLOCK;
	SCALAR_STYLE.FOLDED_BLOCK;
	COLLECTION_STYLE.BLOCK;
	COLLECTION_STYLE.FLOW;
	CHOMPING_MODE.CLIP;
	CHOMPING_MODE.STRIP;
	CHOMPING_MODE.KEEP;
}));
/**
* The fields of a YAML block, whose scalars are all taken as text.
*
* @throws Error with a sentence, where it is no YAML; js-yaml keeps depth within 100 and never copies what an alias means.
*/
function tapDiagnostics(yaml) {
	const block = load(yaml, { schema: FAILSAFE_SCHEMA });
	const fields = typeof block === "object" && block !== null && !Array.isArray(block) ? { ...block } : {};
	const text = (key) => {
		const value = fields[key];
		return typeof value === "string" ? cleanText(value).trim() : "";
	};
	const isOfNode = text("duration_ms") !== "" && /^(?:test|suite)$/.test(text("type"));
	const at = fields.at;
	const place = text("location") || (typeof at === "object" && typeof at?.fileName === "string" ? at.fileName : "");
	const compared = [
		"expected",
		"actual",
		"wanted",
		"found"
	].filter((key) => text(key) !== "").map((key) => `${key}: ${text(key)}`);
	const duration = Number(text("duration_ms") || NaN);
	return {
		type: text("name") || (isOfNode ? "" : text("type")),
		message: text("error") || text("message"),
		stack: text("stack"),
		diff: text("diff") || (text("error") === "" ? compared.join("\n") : ""),
		isSuite: isOfNode && text("type") === "suite",
		isOfNode,
		isTimeout: /^(?:testTimeoutFailure|cancelledByParent)$/.test(text("failureType")),
		isCaught: text("tapCaught") !== "",
		durationMs: duration >= 0 && duration < 2 ** 31 ? Math.round(duration) : null,
		file: place.replace(/(?::\d+){1,2}$/, "")
	};
}
/**
* Why a test point failed: as its block says, else the comments below it, else its name. node and tap write the frames
* of a stack without the word before them that stacks have.
*/
function tapFailure(name, diagnostics, comments) {
	if (diagnostics === null) return testFailure("", comments === "" ? name : "", comments);
	const { type, diff } = diagnostics;
	const isPlace = /^\(in test file /.test(diagnostics.message);
	const message = diagnostics.message === "" ? name : diagnostics.message;
	const stack = diagnostics.stack.replace(/^(?!\s*at |\s*$)\s*(?=.*:\d+:\d+\)?$)/gm, "    at ");
	const details = [
		type === "" ? message : `${type}: ${message}`,
		diff,
		stack
	].filter((part) => part !== "").join("\n");
	return testFailure(type, isPlace ? "" : message, cutMiddle(details, DETAILS_LIMIT));
}
var init_tap_diagnostics = __esmMin((() => {
	init_js_yaml();
	init_bounded_text();
	init_illegal_characters();
	init_test_failure();
}));
/** Reads a line without its indentation, of TAP 12, 13 or 14. */
function tapLine(line) {
	const text = line.trimEnd();
	const point = POINT.exec(text);
	if (point) return tapPoint(point[1] === void 0, point[2] ?? "");
	const plan = /^1\.\.(\d{1,9})(?=\s|$)/.exec(text);
	if (plan) return {
		kind: "plan",
		count: Number(plan[1])
	};
	const subtest = /^# Subtest:? ?(.*)$/.exec(text);
	if (subtest) return {
		kind: "subtest",
		text: withoutEscapes(subtest[1] ?? "")
	};
	if (text.startsWith("#")) return {
		kind: "comment",
		text: text.replace(/^# ?/, "")
	};
	const bail = /^Bail out!\s*(.*)$/i.exec(text);
	if (bail) return {
		kind: "bail",
		text: bail[1] ?? ""
	};
	if (/^pragma [+-]\w+/.test(text)) return {
		kind: "pragma",
		text: text.slice(7)
	};
	return { kind: /^TAP version \d+$/i.test(text) ? "version" : "other" };
}
function tapPoint(isOk, description) {
	const time = TIME.exec(description);
	const told = time ? description.slice(0, time.index) : description;
	const found = DIRECTIVE.exec(told);
	const directive = found?.[1]?.toLowerCase() ?? null;
	let name = told.slice(0, found?.index ?? told.length).trim();
	const timing = time ?? / in ([\d.]{1,20})(ms|s|sec)$/.exec(name);
	if (timing && timing !== time) name = name.slice(0, timing.index);
	const ms = timing ? Math.round(Number(timing[1]) * (MILLISECONDS[timing[2] ?? ""] ?? 1)) : NaN;
	return {
		kind: "point",
		isOk,
		name: withoutEscapes(name),
		directive,
		durationMs: Number.isSafeInteger(ms) ? ms : null
	};
}
function withoutEscapes(text) {
	return text.replace(/\\([#\\])/g, "$1").trim();
}
var POINT, DIRECTIVE, TIME, MILLISECONDS;
var init_tap_line = __esmMin((() => {
	POINT = /^(not )?ok(?=\s|$)(?:\s+\d+)?(?:\s+-(?=\s|$))?\s*(.*)$/;
	DIRECTIVE = /(?:^|\s)#\s*(skip|todo|timeout)/i;
	TIME = /\s*#\s*time=([\d.]{1,20})\s*(ms|s)$/;
	MILLISECONDS = {
		ms: 1,
		s: 1e3,
		sec: 1e3
	};
}));
function newLevel(name) {
	return {
		name,
		points: 0,
		failed: false,
		plan: null,
		held: []
	};
}
var MAX_HELD, TapSubtests;
var init_tap_subtests = __esmMin((() => {
	init_bounded_text();
	MAX_HELD = 1e3;
	TapSubtests = class {
		#note;
		#emit;
		#levels = [newLevel("")];
		#announced = null;
		constructor(note, emit) {
			this.#note = note;
			this.#emit = emit;
		}
		get depth() {
			return this.#levels.length - 1;
		}
		/** A comment names a subtest: as most have it, in the indentation of what is around it; in old Perl, in its own. */
		announce(level, name) {
			if (level > this.depth && this.#announced?.level !== level - 1) this.#levels.push(newLevel(name));
			else {
				this.#reach(level);
				this.#announced = {
					level,
					name
				};
			}
		}
		plan(level, count, line) {
			this.#reach(level);
			const open = this.#levels[level];
			if (open !== void 0) open.plan ??= {
				count,
				line
			};
		}
		/** Counts a test point; of the subtest that it ends, how many there were in it, and whether one failed. */
		point(level, name, failed) {
			this.#reach(level);
			const ended = this.#levels[level + 1];
			const subtest = ended === void 0 ? null : {
				points: ended.points,
				failed: ended.failed,
				name: ended.name ?? ""
			};
			while (this.depth > level) this.#close(this.depth === level + 1 ? name : "");
			const open = this.#levels[level];
			if (open !== void 0) {
				open.points += 1;
				open.failed ||= failed;
			}
			this.#announced = null;
			return subtest;
		}
		/** The names around a test of that level, as far as they are known. */
		known(level) {
			return this.#levels.slice(1, level + 1).flatMap(({ name }) => name ? [name] : []);
		}
		add(level, result) {
			this.#pass(level, {
				result,
				path: []
			});
		}
		/** Ends the report, after so many lines. */
		end(lines) {
			this.release();
			const [report] = this.#levels;
			if (report === void 0) return;
			if (report.plan === null) this.#note(lines, 1, "the report has no plan: it may be cut off");
			else this.#check(report);
		}
		/** Gives out what is held, without the names that never came. */
		release() {
			while (this.depth > 0) this.#close("");
		}
		#reach(level) {
			if (level <= this.depth) return;
			this.#levels.push(newLevel(this.#announced?.level === level - 1 ? this.#announced.name : null));
			this.#announced = null;
		}
		#close(name) {
			const level = this.#levels.pop();
			if (level === void 0) return;
			this.#check(level);
			for (const { result, path } of level.held) this.#pass(this.depth, {
				result,
				path: name === "" ? path : [name, ...path]
			});
		}
		#check({ plan, points }) {
			if (plan !== null && plan.count !== points) this.#note(plan.line, 1, `the plan is for ${plan.count} test${plan.count === 1 ? "" : "s"}, and there are ${points}`);
		}
		/** Hands a result outward, to the first subtest whose name is not known, or out. */
		#pass(from, { result, path }) {
			const names = [...path];
			for (let at = from; at > 0; at -= 1) {
				const level = this.#levels[at];
				if (level === void 0) continue;
				if (level.name === null) {
					if (level.held.length < MAX_HELD) {
						level.held.push({
							result,
							path: names
						});
						return;
					}
					this.#note(1, 1, `a subtest has more than ${MAX_HELD} tests before its name: they are reported without it`);
					level.name = "";
					for (const held of level.held.splice(0)) this.#pass(at, held);
				}
				if (level.name !== "") names.unshift(level.name);
			}
			this.#emit({
				...result,
				suite: cutName(names.join(" > "), 300)
			});
		}
	};
}));
/** What is to be done, or was left out, is skipped, whether it worked or not. */
function outcomeOf({ isOk, directive, diagnostics }) {
	if (directive === "skip" || directive === "todo") return "skipped";
	if (directive === "timeout" || diagnostics?.isTimeout) return "errored";
	return isOk ? "passed" : "failed";
}
var MAX_LINE, MAX_DEPTH$1, TapParser;
var init_tap = __esmMin((() => {
	init_bounded_text();
	init_junit_identity();
	init_report_break();
	init_tap_diagnostics();
	init_tap_line();
	init_tap_subtests();
	MAX_LINE = 65536;
	MAX_DEPTH$1 = 200;
	TapParser = class {
		#note;
		#subtests;
		#results = [];
		#line = "";
		#number = 0;
		#point = null;
		#block = null;
		#isStrict = false;
		constructor(note) {
			this.#note = note;
			this.#subtests = new TapSubtests(note, (result) => void this.#results.push(result));
		}
		write(text) {
			const [first = "", ...lines] = text.split("\n");
			this.#line += first.slice(0, Math.max(0, MAX_LINE - this.#line.length));
			for (const next of lines) {
				this.#readLine();
				this.#line = next.slice(0, MAX_LINE);
			}
		}
		end() {
			if (this.#line !== "") this.#readLine();
			this.#endBlock(false);
			this.#flush();
			this.#subtests.end(this.#number);
		}
		take() {
			return this.#results.splice(0);
		}
		/** After a break, the last test point and the subtests that are still open have waited in vain for their end. */
		rest() {
			this.#flush();
			this.#subtests.release();
			return this.take();
		}
		dispose() {}
		#readLine() {
			this.#number += 1;
			const line = this.#line.replace(/\r$/, "");
			const text = line.trimStart();
			const indent = line.length - text.length;
			if (this.#block !== null && this.#readBlock(this.#block, line, text, indent)) return;
			if (text === "") return;
			if (this.#point !== null && text === "---" && indent > this.#point.level * 4) {
				this.#block = {
					indent,
					line: this.#number,
					text: "",
					isWhole: true
				};
				return;
			}
			const read = tapLine(text);
			const level = indent / 4;
			const fits = Number.isInteger(level) && level <= this.#subtests.depth + 1;
			if (read.kind === "comment") this.#point?.comments.add(`${read.text}\n`);
			else if (read.kind === "bail") throw new ReportBreak(`the run bailed out: ${read.text || "no reason is given"}`, this.#number, indent + 1);
			else if (read.kind === "pragma") this.#isStrict = read.text === "+strict" || this.#isStrict && read.text !== "-strict";
			else if (read.kind === "other" || !fits) {
				if (this.#isStrict) this.#note(this.#number, indent + 1, "this line is no TAP, and the pragma strict asks for nothing else");
			} else if (read.kind !== "version") {
				this.#flush();
				if (level > MAX_DEPTH$1) throw new ReportBreak(`subtests are nested more than ${MAX_DEPTH$1} deep`, this.#number, indent + 1);
				if (read.kind === "subtest") this.#subtests.announce(level, read.text);
				else if (read.kind === "plan") this.#subtests.plan(level, read.count, this.#number);
				else if (read.kind === "point") this.#openPoint(read, level);
			}
		}
		#openPoint(point, level) {
			const subtest = this.#subtests.point(level, point.name, !point.isOk && point.directive !== "todo" && point.directive !== "skip");
			this.#point = {
				...point,
				level,
				subtest,
				comments: new BoundedText(DETAILS_LIMIT),
				diagnostics: null
			};
		}
		/** Whether the line belongs to the block. */
		#readBlock(block, line, text, indent) {
			if (text.trimEnd() === "..." && indent === block.indent) this.#endBlock(true);
			else if (text !== "" && indent < block.indent) {
				this.#endBlock(false);
				return false;
			} else if (block.text.length + line.length <= 65536) block.text += `${line.slice(block.indent)}\n`;
			else block.isWhole = false;
			return true;
		}
		#endBlock(isEnded) {
			const block = this.#block;
			if (block === null || this.#point === null) return;
			this.#block = null;
			if (!isEnded) this.#note(block.line, block.indent + 1, "a YAML block begins here and has no end");
			if (isEnded && block.isWhole) try {
				this.#point.diagnostics = tapDiagnostics(block.text);
				return;
			} catch (error) {
				const [sentence] = error.message.split("\n");
				this.#note(block.line, block.indent + 1, `the block that begins here is no YAML: ${sentence}`);
			}
			this.#point.comments.add(block.text);
		}
		#flush() {
			const point = this.#point;
			this.#point = null;
			if (point === null) return;
			const { subtest, diagnostics, level } = point;
			const outcome = outcomeOf(point);
			if (diagnostics?.isSuite && outcome === "passed") return;
			if (subtest !== null && subtest.points > 0 && (outcome === "passed" || subtest.failed)) return;
			const path = this.#subtests.known(level);
			const around = diagnostics?.isCaught && path.length > 0 ? path[path.length - 1] : void 0;
			const name = around ?? (point.name || subtest?.name || "(no name)");
			const failure = outcome === "failed" || outcome === "errored" ? tapFailure(point.name, diagnostics, point.comments.toString().trim()) : null;
			this.#subtests.add(level - (around === void 0 ? 0 : 1), {
				framework: diagnostics?.isOfNode ? "node" : "",
				suite: "",
				file: cutName(path.find((part) => SOURCE_FILE.test(part)) ?? diagnostics?.file ?? "", 500),
				name: cutName(name, 500),
				parameters: "",
				outcome,
				durationMs: diagnostics?.durationMs ?? point.durationMs,
				startedAt: null,
				failure,
				attempts: []
			});
		}
	};
}));
/** Whole milliseconds of a time in seconds, which Surefire writes with commas between thousands; null for nonsense. */
function milliseconds$1(time) {
	if (time === void 0 || time.trim() === "") return null;
	const value = Math.round(Number(time.replaceAll(",", "")) * 1e3);
	return value >= 0 && value <= MAX_DURATION_MS$2 ? value : null;
}
var MAX_DURATION_MS$2, MAX_ATTEMPTS, VERDICTS$1, EARLIER, LATER, OUTPUT, Verdict, JunitTest;
var init_junit_test = __esmMin((() => {
	init_bounded_text();
	init_test_failure();
	MAX_DURATION_MS$2 = 2147483647;
	MAX_ATTEMPTS = 100;
	VERDICTS$1 = /* @__PURE__ */ new Map([["failure", "failed"], ["error", "errored"]]);
	EARLIER = /* @__PURE__ */ new Map([["flakyFailure", "failed"], ["flakyError", "errored"]]);
	LATER = /* @__PURE__ */ new Map([["rerunFailure", "failed"], ["rerunError", "errored"]]);
	OUTPUT = /* @__PURE__ */ new Set(["system-out", "system-err"]);
	Verdict = class {
		outcome;
		attributes;
		details = new BoundedText(DETAILS_LIMIT);
		output = new BoundedText(DETAILS_LIMIT);
		constructor(outcome, attributes) {
			this.outcome = outcome;
			this.attributes = attributes;
		}
		/** Of a runner that writes nothing into the failure (CTest), what the test named `name` printed is all there is. */
		failure(name, read) {
			const type = this.attributes.type?.trim() ?? "";
			const message = read(this.attributes.message ?? "").trim();
			const details = this.details.toString().trim();
			return details === "" && message === "" ? silentFailure(type, name, this.output.toString().trim()) : testFailure(type, message, details);
		}
		attempt(name, read) {
			return {
				outcome: this.outcome,
				durationMs: milliseconds$1(this.attributes.time),
				failure: this.failure(name, read)
			};
		}
	};
	JunitTest = class {
		attributes;
		#verdict = null;
		#isSkipped = false;
		#mayFail = false;
		#earlier = [];
		#later = [];
		#output = new BoundedText(DETAILS_LIMIT);
		/** The attempt that is open, if one is. */
		#attempt = null;
		/** Where text goes. */
		#text = null;
		constructor(attributes) {
			this.attributes = attributes;
		}
		/** An element of the test's own. */
		open(name, attributes) {
			const verdict = VERDICTS$1.get(name);
			const repeated = EARLIER.get(name) ?? LATER.get(name);
			if (repeated !== void 0) {
				this.#attempt = new Verdict(repeated, attributes);
				const attempts = EARLIER.has(name) ? this.#earlier : this.#later;
				attempts[Math.min(attempts.length, 99)] = this.#attempt;
				this.#text = this.#attempt.details;
			} else if (verdict !== void 0) {
				if (this.#verdict === null) this.#verdict = new Verdict(verdict, attributes);
				else this.#verdict.details.add(`\n\n${attributes.message ?? ""}\n`);
				this.#text = this.#verdict.details;
			} else if (name === "skipped") {
				this.#isSkipped = true;
				this.#mayFail ||= attributes.message?.endsWith("tagged with !mayfail") ?? false;
			} else if (OUTPUT.has(name)) {
				this.#text = this.#output;
				this.#text.add("\n");
			}
		}
		/** An element within an element of the test: Surefire and Playwright write into an attempt what it printed. */
		openWithin(name) {
			if (this.#attempt === null) return;
			this.#text = name === "stackTrace" ? this.#attempt.details : OUTPUT.has(name) ? this.#attempt.output : null;
		}
		closeWithin() {
			if (this.#attempt !== null) this.#text = this.#attempt.details;
		}
		text(text) {
			this.#text?.add(text);
		}
		close() {
			this.#attempt = null;
			this.#text = null;
		}
		/** How the test ended; `read` undoes what a framework does to its messages. */
		ending(read) {
			const name = this.attributes.name ?? "";
			const durationMs = milliseconds$1(this.attributes.time);
			this.#verdict?.output.add(this.#output.toString());
			const failures = this.#verdict === null || this.#mayFail ? [] : [this.#verdict, ...this.#later];
			const last = failures.pop();
			const attempts = [...this.#earlier, ...last === void 0 ? this.#later : failures].slice(0, MAX_ATTEMPTS).map((attempt) => attempt.attempt(name, read));
			return {
				outcome: last?.outcome ?? this.#outcome(),
				durationMs,
				failure: last?.failure(name, read) ?? null,
				attempts
			};
		}
		/** A test without a verdict has passed, unless its status says that it did not run (GoogleTest, CTest). */
		#outcome() {
			if (this.#isSkipped) return "skipped";
			const { status, result } = this.attributes;
			return /^(?:notrun|disabled|skipped|suppressed)$/i.test(status ?? result ?? "") ? "skipped" : "passed";
		}
	};
}));
/**
* The nearest timestamp, in UTC. One without a zone is read as UTC, whatever the zone of the machine that reads; the
* epoch is what Jest writes for a suite that never began.
*/
function instant$1(elements) {
	const written = elements.find((element) => element.timestamp)?.timestamp?.trim();
	if (written === void 0 || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(written)) return null;
	const date = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`);
	return date.getTime() > 0 ? date.toISOString() : null;
}
var TELLING_PROPERTIES, JunitReader;
var init_junit = __esmMin((() => {
	init_junit_identity();
	init_junit_test();
	TELLING_PROPERTIES = /* @__PURE__ */ new Set(["go.version", "java.version"]);
	JunitReader = class {
		#path = [];
		#root = null;
		#suites = [];
		#test = null;
		#results = [];
		take() {
			return this.#results.splice(0);
		}
		open(name, attributes) {
			const parent = this.#path.at(-1);
			this.#path.push(name);
			const inSuite = parent === "testsuites" || parent === "testsuite";
			if (name === "testsuites" && parent === void 0) this.#root = attributes;
			else if (name === "testsuite" && (inSuite || parent === void 0)) this.#suites.push({
				attributes,
				properties: /* @__PURE__ */ new Set()
			});
			else if (name === "property" && parent === "properties" && TELLING_PROPERTIES.has(attributes.name ?? "")) this.#suites.at(-1)?.properties.add(attributes.name ?? "");
			else if (name === "testcase" && inSuite) this.#test = new JunitTest(attributes);
			else if (this.#test !== null) {
				if (parent === "testcase") this.#test.open(name, attributes);
				else this.#test.openWithin(name);
			}
		}
		text(text) {
			this.#test?.text(text);
		}
		close(name) {
			this.#path.pop();
			const parent = this.#path.at(-1);
			const inSuite = parent === "testsuites" || parent === "testsuite";
			if (name === "testsuite" && (inSuite || parent === void 0)) this.#suites.pop();
			else if (name === "testcase" && inSuite && this.#test !== null) {
				this.#results.push(this.#result(this.#test));
				this.#test = null;
			} else if (parent === "testcase") this.#test?.close();
			else this.#test?.closeWithin();
		}
		#result(test) {
			const suites = this.#suites;
			const testcase = test.attributes;
			const identity = testIdentity({
				root: this.#root,
				suites,
				testcase
			});
			const read = (text) => identity.framework === "node" ? text.replaceAll("&quot;", "\"") : text;
			const startedAt = instant$1([testcase, ...suites.map((suite) => suite.attributes).toReversed()]);
			return {
				...identity,
				...test.ending(read),
				startedAt
			};
		}
	};
}));
/** Of a row of data, where it has no definition of its own, that of the test around it. */
function definitionIn(known, { testId, outerId }) {
	return known.get(testId) ?? known.get(outerId);
}
var HELD, PARTITIONS, PARTITION_IN_MEMORY, UNKNOWN, TrxJoin;
var init_trx_join = __esmMin((() => {
	init_spool$1();
	HELD = 2e4;
	PARTITIONS = 64;
	PARTITION_IN_MEMORY = 5e4;
	UNKNOWN = {
		className: "",
		method: "",
		codeBase: "",
		adapter: ""
	};
	TrxJoin = class {
		#held = /* @__PURE__ */ new Map();
		#waiting = new Spool$1();
		#partitions = [];
		define(id, definition) {
			if (this.#held.size < HELD) this.#held.set(id, definition);
			else this.#partition(id).definitions.add([id, definition]);
		}
		/** The definition of a result that has ended; null where it is not known yet, and the result waits. */
		match(result) {
			const definition = definitionIn(this.#held, result);
			if (definition === void 0) this.#waiting.add(result);
			return definition ?? null;
		}
		/** The results that have waited, in their order unless they had to be dealt out; those without a definition, too. */
		*rest() {
			for (const result of this.#waiting.items()) {
				const definition = definitionIn(this.#held, result);
				if (definition !== void 0) yield [result, definition];
				else if (this.#partitions.length === 0) yield [result, UNKNOWN];
				else this.#partition(result.outerId || result.testId).results.add(result);
			}
			this.#held.clear();
			for (const { definitions, results } of this.#partitions) {
				const known = new Map(definitions.items());
				for (const result of results.items()) yield [result, definitionIn(known, result) ?? UNKNOWN];
			}
		}
		dispose() {
			for (const spool of [this.#waiting, ...this.#partitions.flatMap(({ definitions, results }) => [definitions, results])]) spool.close();
		}
		#partition(id) {
			if (this.#partitions.length === 0) this.#partitions = Array.from({ length: PARTITIONS }, () => ({
				definitions: new Spool$1(PARTITION_IN_MEMORY),
				results: new Spool$1(PARTITION_IN_MEMORY)
			}));
			let hash = 0;
			for (let at = 0; at < id.length; at += 1) hash = hash * 31 + id.charCodeAt(at) >>> 0;
			return this.#partitions[hash % PARTITIONS];
		}
	};
}));
/**
* | outcome                                                              | is      |
* |----------------------------------------------------------------------|---------|
* | Passed, PassedButRunAborted, Warning, Completed                      | passed  |
* | Failed                                                               | failed  |
* | Error, Timeout, Aborted, Disconnected, NotRunnable, InProgress, none | errored |
* | NotExecuted, Inconclusive, Pending                                   | skipped |
*/
function trxOutcome(outcome) {
	return OUTCOMES.get(outcome.toLowerCase()) ?? "errored";
}
/** The result of a test: its suite is the class; what follows the method in brackets, or the row of data, its parameters. */
function trxResult(result, definition) {
	const outcome = trxOutcome(result.outcome);
	const { suite, name, parameters } = nameOf(result, said(definition.className).split(",", 1)[0] ?? "", said(definition.method));
	const isAssembly = /\.(?:dll|exe)$/i.test(definition.codeBase);
	return {
		framework: isAssembly || /^executor:/i.test(definition.adapter) ? "dotnet" : "",
		suite: cutName(suite, 300),
		file: cutName(isAssembly ? "" : definition.codeBase, 500),
		name: cutName(name || "(no name)", 500),
		parameters: cutName(parameters, 500),
		outcome,
		durationMs: milliseconds(result.duration),
		startedAt: instant(result.startTime),
		failure: outcome === "failed" || outcome === "errored" ? failureOf(result) : null,
		attempts: []
	};
}
/** A writer that has no classes calls them `none`. */
function said(name) {
	return name === "none" ? "" : name.trim();
}
function nameOf(result, className, method) {
	const written = result.name.trim();
	const own = className !== "" && written.startsWith(`${className}.`) ? written.slice(className.length + 1) : written;
	const plain = className !== "" && method.startsWith(`${className}.`) ? method.slice(className.length + 1) : method;
	const call = /^([^\s(]+) ?\((.*)\)$/s.exec(own);
	const called = call?.[1] === plain || call !== null && plain === "" && /^[\w.+`]+$/.test(call[1] ?? "");
	const base = called ? call?.[1] ?? "" : own;
	const parameters = called ? call?.[2] ?? "" : "";
	if (result.row !== "" && parameters === "") return {
		suite: className,
		name: result.outerName.trim() || base,
		parameters: `row ${result.row}`
	};
	const qualified = className === "" && /^[\w.+`]+\.\w+$/.test(base) ? base.lastIndexOf(".") : -1;
	return {
		suite: qualified < 0 ? className : base.slice(0, qualified),
		name: qualified < 0 ? base : base.slice(qualified + 1),
		parameters
	};
}
function failureOf({ message, stack, output, outcome, name }) {
	const text = message.replaceAll("\r", "").trim().replace(/^Test method \S+ threw exception: *\n?/, "").replace(/^((?:[\w]+\.)*\w*(?:Exception|Error)) : /, "$1: ");
	const trace = stack.replaceAll("\r", "").trimEnd();
	if (text === "" && trace === "") return output.trim() === "" ? testFailure("", `${name} ended with ${outcome || "no outcome"}`, "") : silentFailure("", name, output.trim());
	const [first = ""] = text.split("\n", 1);
	const details = trace.includes(first) ? trace.trim() : `${text}\n${trace}`.trim();
	const frames = trace === "" ? text.search(/\n\s+at /) : -1;
	return testFailure(errorTypeOf(details), frames < 0 ? text : text.slice(0, frames), cutMiddle(details, DETAILS_LIMIT));
}
/** Whole milliseconds of `[days.]hours:minutes:seconds`; null for nonsense. */
function milliseconds(duration) {
	const match = /^(?:(\d{1,4})\.)?(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)$/.exec(duration.trim());
	if (match === null) return null;
	const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
	const ms = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e3);
	return ms <= MAX_DURATION_MS$1 ? ms : null;
}
/** An instant without a zone is read as UTC; .NET's first year is what a test has that did not run. */
function instant(written) {
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(written)) return null;
	const date = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`);
	return date.getTime() > 0 ? date.toISOString() : null;
}
var MAX_DURATION_MS$1, OUTCOMES;
var init_trx_result = __esmMin((() => {
	init_bounded_text();
	init_test_failure();
	MAX_DURATION_MS$1 = 2147483647;
	OUTCOMES = /* @__PURE__ */ new Map([
		["passed", "passed"],
		["passedbutrunaborted", "passed"],
		["warning", "passed"],
		["completed", "passed"],
		["failed", "failed"],
		["notexecuted", "skipped"],
		["inconclusive", "skipped"],
		["pending", "skipped"]
	]);
}));
var MAX_TEXT, BAD_RUN, THAT_TESTS_FAILED, TrxReader;
var init_trx = __esmMin((() => {
	init_bounded_text();
	init_trx_join();
	init_trx_result();
	MAX_TEXT = 2e3;
	BAD_RUN = /^(?:Error|Failed|Aborted|Timeout)$/;
	THAT_TESTS_FAILED = /\[FAIL\]$|^Exit code indicates failure: '2'/;
	TrxReader = class {
		#note;
		#position;
		#join = new TrxJoin();
		#path = [];
		#open = [];
		#definition = null;
		#text = null;
		/** How bad it is what the run says of itself. */
		#runOutcome = "";
		#counted = null;
		#seen = 0;
		#results = [];
		constructor(note, position) {
			this.#note = note;
			this.#position = position;
		}
		take() {
			return this.#results.splice(0);
		}
		*rest() {
			for (const [result, definition] of this.#join.rest()) yield trxResult(result, definition);
		}
		dispose() {
			this.#join.dispose();
		}
		open(name, attributes) {
			const parent = this.#path.at(-1);
			this.#path.push(name);
			const result = this.#open.at(-1);
			if ((parent === "Results" || parent === "InnerResults") && name.includes("Result")) this.#openResult(attributes);
			else if (parent === "ErrorInfo" && name === "Message") this.#text = result?.message ?? null;
			else if (parent === "ErrorInfo" && name === "StackTrace") this.#text = result?.stack ?? null;
			else if (parent === "Output" && (name === "StdOut" || name === "StdErr")) {
				this.#text = result?.output ?? null;
				this.#text?.add("\n");
			} else if (parent === "TestDefinitions") this.#definition = {
				id: attributes.id ?? "",
				fields: {
					className: "",
					method: "",
					codeBase: attributes.storage ?? "",
					adapter: ""
				}
			};
			else if (name === "TestMethod" && this.#definition !== null) {
				const { className = "", name: method = "", codeBase = "", adapterTypeName: adapter = "" } = attributes;
				this.#definition.fields = {
					className,
					method,
					codeBase: codeBase || this.#definition.fields.codeBase,
					adapter
				};
			} else if (name === "Counters" && parent === "ResultSummary") this.#count(attributes.total);
			else if (name === "Text" && parent === "RunInfo") this.#text = new BoundedText(MAX_TEXT);
			if (name === "RunInfo") this.#runOutcome = attributes.outcome ?? "";
		}
		text(text) {
			this.#text?.add(text);
		}
		close(name) {
			this.#path.pop();
			const parent = this.#path.at(-1);
			if ((parent === "Results" || parent === "InnerResults") && name.includes("Result")) this.#closeResult();
			else if (parent === "TestDefinitions" && this.#definition !== null) {
				this.#join.define(this.#definition.id, this.#definition.fields);
				this.#definition = null;
			} else if (name === "Text" && parent === "RunInfo" && BAD_RUN.test(this.#runOutcome)) {
				const told = this.#text?.toString().trim() ?? "";
				if (!THAT_TESTS_FAILED.test(told)) this.#note(...this.#position(), `the run says: ${told}`);
			}
			if (parent === "ErrorInfo" || parent === "Output" || parent === "RunInfo") this.#text = null;
		}
		/** Says, at the end, whether there are results that were counted and are not here. */
		end() {
			if (this.#counted !== null && this.#counted.total > this.#seen) this.#note(...this.#counted.at, `the report counts ${this.#counted.total} results, and holds ${this.#seen}`);
		}
		#count(total) {
			this.#counted = {
				total: Number(total ?? 0),
				at: this.#position()
			};
		}
		#openResult(attributes) {
			this.#seen += 1;
			this.#text = null;
			const [message, stack, output] = [
				new BoundedText(DETAILS_LIMIT),
				new BoundedText(DETAILS_LIMIT),
				new BoundedText(DETAILS_LIMIT)
			];
			this.#open.push({
				attributes,
				message,
				stack,
				output,
				inner: 0,
				innerFailed: false
			});
		}
		#closeResult() {
			const open = this.#open.pop();
			if (open === void 0) return;
			const { attributes, message, stack, output, inner, innerFailed } = open;
			const outer = this.#open.at(-1);
			const failed = /^(?:failed|errored)$/.test(trxOutcome(attributes.outcome ?? ""));
			if (outer !== void 0) {
				outer.inner += 1;
				outer.innerFailed ||= failed || innerFailed;
			}
			if (inner > 0 && (!failed || innerFailed)) return;
			const result = {
				testId: attributes.testId ?? "",
				outerId: outer?.attributes.testId ?? "",
				outerName: outer?.attributes.testName ?? "",
				name: attributes.testName ?? "",
				row: attributes.dataRowInfo ?? "",
				outcome: attributes.outcome ?? "",
				duration: attributes.duration ?? "",
				startTime: attributes.startTime ?? "",
				message: message.toString(),
				stack: stack.toString(),
				output: failed && message.isEmpty && stack.isEmpty ? output.toString() : ""
			};
			const definition = this.#join.match(result);
			if (definition !== null) this.#results.push(trxResult(result, definition));
		}
	};
}));
var require_ed5 = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Character classes and associated utilities for the 5th edition of XML 1.0.
	*
	* @author Louis-Dominique Dubeau
	* @license MIT
	* @copyright Louis-Dominique Dubeau
	*/
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CHAR = "	\n\r -퟿-�𐀀-􏿿";
	exports.S = " 	\r\n";
	exports.NAME_START_CHAR = ":A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿";
	exports.NAME_CHAR = "-" + exports.NAME_START_CHAR + ".0-9·̀-ͯ‿-⁀";
	exports.CHAR_RE = new RegExp("^[" + exports.CHAR + "]$", "u");
	exports.S_RE = new RegExp("^[" + exports.S + "]+$", "u");
	exports.NAME_START_CHAR_RE = new RegExp("^[" + exports.NAME_START_CHAR + "]$", "u");
	exports.NAME_CHAR_RE = new RegExp("^[" + exports.NAME_CHAR + "]$", "u");
	exports.NAME_RE = new RegExp("^[" + exports.NAME_START_CHAR + "][" + exports.NAME_CHAR + "]*$", "u");
	exports.NMTOKEN_RE = new RegExp("^[" + exports.NAME_CHAR + "]+$", "u");
	var TAB = 9;
	var NL = 10;
	var CR = 13;
	var SPACE = 32;
	/** All characters in the ``S`` production. */
	exports.S_LIST = [
		SPACE,
		NL,
		CR,
		TAB
	];
	/**
	* Determines whether a codepoint matches the ``CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``CHAR``.
	*/
	function isChar(c) {
		return c >= SPACE && c <= 55295 || c === NL || c === CR || c === TAB || c >= 57344 && c <= 65533 || c >= 65536 && c <= 1114111;
	}
	exports.isChar = isChar;
	/**
	* Determines whether a codepoint matches the ``S`` (space) production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``S``.
	*/
	function isS(c) {
		return c === SPACE || c === NL || c === CR || c === TAB;
	}
	exports.isS = isS;
	/**
	* Determines whether a codepoint matches the ``NAME_START_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_START_CHAR``.
	*/
	function isNameStartChar(c) {
		return c >= 65 && c <= 90 || c >= 97 && c <= 122 || c === 58 || c === 95 || c === 8204 || c === 8205 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 767 || c >= 880 && c <= 893 || c >= 895 && c <= 8191 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
	}
	exports.isNameStartChar = isNameStartChar;
	/**
	* Determines whether a codepoint matches the ``NAME_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_CHAR``.
	*/
	function isNameChar(c) {
		return isNameStartChar(c) || c >= 48 && c <= 57 || c === 45 || c === 46 || c === 183 || c >= 768 && c <= 879 || c >= 8255 && c <= 8256;
	}
	exports.isNameChar = isNameChar;
}));
var require_ed2 = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Character classes and associated utilities for the 2nd edition of XML 1.1.
	*
	* @author Louis-Dominique Dubeau
	* @license MIT
	* @copyright Louis-Dominique Dubeau
	*/
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CHAR = "-퟿-�𐀀-􏿿";
	exports.RESTRICTED_CHAR = "-\b\v\f---";
	exports.S = " 	\r\n";
	exports.NAME_START_CHAR = ":A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿";
	exports.NAME_CHAR = "-" + exports.NAME_START_CHAR + ".0-9·̀-ͯ‿-⁀";
	exports.CHAR_RE = new RegExp("^[" + exports.CHAR + "]$", "u");
	exports.RESTRICTED_CHAR_RE = new RegExp("^[" + exports.RESTRICTED_CHAR + "]$", "u");
	exports.S_RE = new RegExp("^[" + exports.S + "]+$", "u");
	exports.NAME_START_CHAR_RE = new RegExp("^[" + exports.NAME_START_CHAR + "]$", "u");
	exports.NAME_CHAR_RE = new RegExp("^[" + exports.NAME_CHAR + "]$", "u");
	exports.NAME_RE = new RegExp("^[" + exports.NAME_START_CHAR + "][" + exports.NAME_CHAR + "]*$", "u");
	exports.NMTOKEN_RE = new RegExp("^[" + exports.NAME_CHAR + "]+$", "u");
	var TAB = 9;
	var NL = 10;
	var CR = 13;
	var SPACE = 32;
	/** All characters in the ``S`` production. */
	exports.S_LIST = [
		SPACE,
		NL,
		CR,
		TAB
	];
	/**
	* Determines whether a codepoint matches the ``CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``CHAR``.
	*/
	function isChar(c) {
		return c >= 1 && c <= 55295 || c >= 57344 && c <= 65533 || c >= 65536 && c <= 1114111;
	}
	exports.isChar = isChar;
	/**
	* Determines whether a codepoint matches the ``RESTRICTED_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``RESTRICTED_CHAR``.
	*/
	function isRestrictedChar(c) {
		return c >= 1 && c <= 8 || c === 11 || c === 12 || c >= 14 && c <= 31 || c >= 127 && c <= 132 || c >= 134 && c <= 159;
	}
	exports.isRestrictedChar = isRestrictedChar;
	/**
	* Determines whether a codepoint matches the ``CHAR`` production and does not
	* match the ``RESTRICTED_CHAR`` production. ``isCharAndNotRestricted(x)`` is
	* equivalent to ``isChar(x) && !isRestrictedChar(x)``. This function is faster
	* than running the two-call equivalent.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``CHAR`` and does not match
	* ``RESTRICTED_CHAR``.
	*/
	function isCharAndNotRestricted(c) {
		return c === 9 || c === 10 || c === 13 || c > 31 && c < 127 || c === 133 || c > 159 && c <= 55295 || c >= 57344 && c <= 65533 || c >= 65536 && c <= 1114111;
	}
	exports.isCharAndNotRestricted = isCharAndNotRestricted;
	/**
	* Determines whether a codepoint matches the ``S`` (space) production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``S``.
	*/
	function isS(c) {
		return c === SPACE || c === NL || c === CR || c === TAB;
	}
	exports.isS = isS;
	/**
	* Determines whether a codepoint matches the ``NAME_START_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_START_CHAR``.
	*/
	function isNameStartChar(c) {
		return c >= 65 && c <= 90 || c >= 97 && c <= 122 || c === 58 || c === 95 || c === 8204 || c === 8205 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 767 || c >= 880 && c <= 893 || c >= 895 && c <= 8191 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
	}
	exports.isNameStartChar = isNameStartChar;
	/**
	* Determines whether a codepoint matches the ``NAME_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_CHAR``.
	*/
	function isNameChar(c) {
		return isNameStartChar(c) || c >= 48 && c <= 57 || c === 45 || c === 46 || c === 183 || c >= 768 && c <= 879 || c >= 8255 && c <= 8256;
	}
	exports.isNameChar = isNameChar;
}));
var require_ed3 = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Character class utilities for XML NS 1.0 edition 3.
	*
	* @author Louis-Dominique Dubeau
	* @license MIT
	* @copyright Louis-Dominique Dubeau
	*/
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.NC_NAME_START_CHAR = "A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌-‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿";
	exports.NC_NAME_CHAR = "-" + exports.NC_NAME_START_CHAR + ".0-9·̀-ͯ‿-⁀";
	exports.NC_NAME_START_CHAR_RE = new RegExp("^[" + exports.NC_NAME_START_CHAR + "]$", "u");
	exports.NC_NAME_CHAR_RE = new RegExp("^[" + exports.NC_NAME_CHAR + "]$", "u");
	exports.NC_NAME_RE = new RegExp("^[" + exports.NC_NAME_START_CHAR + "][" + exports.NC_NAME_CHAR + "]*$", "u");
	/**
	* Determines whether a codepoint matches [[NC_NAME_START_CHAR]].
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches.
	*/
	function isNCNameStartChar(c) {
		return c >= 65 && c <= 90 || c === 95 || c >= 97 && c <= 122 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 767 || c >= 880 && c <= 893 || c >= 895 && c <= 8191 || c >= 8204 && c <= 8205 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
	}
	exports.isNCNameStartChar = isNCNameStartChar;
	/**
	* Determines whether a codepoint matches [[NC_NAME_CHAR]].
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches.
	*/
	function isNCNameChar(c) {
		return isNCNameStartChar(c) || c === 45 || c === 46 || c >= 48 && c <= 57 || c === 183 || c >= 768 && c <= 879 || c >= 8255 && c <= 8256;
	}
	exports.isNCNameChar = isNCNameChar;
}));
var require_saxes = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.SaxesParser = exports.EVENTS = void 0;
	const ed5 = require_ed5();
	const ed2 = require_ed2();
	const NSed3 = require_ed3();
	var isS = ed5.isS;
	var isChar10 = ed5.isChar;
	var isNameStartChar = ed5.isNameStartChar;
	var isNameChar = ed5.isNameChar;
	var S_LIST = ed5.S_LIST;
	var NAME_RE = ed5.NAME_RE;
	var isChar11 = ed2.isChar;
	var isNCNameStartChar = NSed3.isNCNameStartChar;
	var isNCNameChar = NSed3.isNCNameChar;
	var NC_NAME_RE = NSed3.NC_NAME_RE;
	const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
	const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";
	const rootNS = {
		__proto__: null,
		xml: XML_NAMESPACE,
		xmlns: XMLNS_NAMESPACE
	};
	const XML_ENTITIES = {
		__proto__: null,
		amp: "&",
		gt: ">",
		lt: "<",
		quot: "\"",
		apos: "'"
	};
	const EOC = -1;
	const NL_LIKE = -2;
	const S_BEGIN = 0;
	const S_BEGIN_WHITESPACE = 1;
	const S_DOCTYPE = 2;
	const S_DOCTYPE_QUOTE = 3;
	const S_DTD = 4;
	const S_DTD_QUOTED = 5;
	const S_DTD_OPEN_WAKA = 6;
	const S_DTD_OPEN_WAKA_BANG = 7;
	const S_DTD_COMMENT = 8;
	const S_DTD_COMMENT_ENDING = 9;
	const S_DTD_COMMENT_ENDED = 10;
	const S_DTD_PI = 11;
	const S_DTD_PI_ENDING = 12;
	const S_TEXT = 13;
	const S_ENTITY = 14;
	const S_OPEN_WAKA = 15;
	const S_OPEN_WAKA_BANG = 16;
	const S_COMMENT = 17;
	const S_COMMENT_ENDING = 18;
	const S_COMMENT_ENDED = 19;
	const S_CDATA = 20;
	const S_CDATA_ENDING = 21;
	const S_CDATA_ENDING_2 = 22;
	const S_PI_FIRST_CHAR = 23;
	const S_PI_REST = 24;
	const S_PI_BODY = 25;
	const S_PI_ENDING = 26;
	const S_XML_DECL_NAME_START = 27;
	const S_XML_DECL_NAME = 28;
	const S_XML_DECL_EQ = 29;
	const S_XML_DECL_VALUE_START = 30;
	const S_XML_DECL_VALUE = 31;
	const S_XML_DECL_SEPARATOR = 32;
	const S_XML_DECL_ENDING = 33;
	const S_OPEN_TAG = 34;
	const S_OPEN_TAG_SLASH = 35;
	const S_ATTRIB = 36;
	const S_ATTRIB_NAME = 37;
	const S_ATTRIB_NAME_SAW_WHITE = 38;
	const S_ATTRIB_VALUE = 39;
	const S_ATTRIB_VALUE_QUOTED = 40;
	const S_ATTRIB_VALUE_CLOSED = 41;
	const S_ATTRIB_VALUE_UNQUOTED = 42;
	const S_CLOSE_TAG = 43;
	const S_CLOSE_TAG_SAW_WHITE = 44;
	const TAB = 9;
	const NL = 10;
	const CR = 13;
	const SPACE = 32;
	const BANG = 33;
	const DQUOTE = 34;
	const AMP = 38;
	const SQUOTE = 39;
	const MINUS = 45;
	const FORWARD_SLASH = 47;
	const SEMICOLON = 59;
	const LESS = 60;
	const EQUAL = 61;
	const GREATER = 62;
	const QUESTION = 63;
	const OPEN_BRACKET = 91;
	const CLOSE_BRACKET = 93;
	const NEL = 133;
	const LS = 8232;
	const isQuote = (c) => c === DQUOTE || c === SQUOTE;
	const QUOTES = [DQUOTE, SQUOTE];
	const DOCTYPE_TERMINATOR = [
		...QUOTES,
		OPEN_BRACKET,
		GREATER
	];
	const DTD_TERMINATOR = [
		...QUOTES,
		LESS,
		CLOSE_BRACKET
	];
	const XML_DECL_NAME_TERMINATOR = [
		EQUAL,
		QUESTION,
		...S_LIST
	];
	const ATTRIB_VALUE_UNQUOTED_TERMINATOR = [
		...S_LIST,
		GREATER,
		AMP,
		LESS
	];
	function nsPairCheck(parser, prefix, uri) {
		switch (prefix) {
			case "xml":
				if (uri !== XML_NAMESPACE) parser.fail(`xml prefix must be bound to ${XML_NAMESPACE}.`);
				break;
			case "xmlns": if (uri !== XMLNS_NAMESPACE) parser.fail(`xmlns prefix must be bound to ${XMLNS_NAMESPACE}.`);
		}
		switch (uri) {
			case XMLNS_NAMESPACE:
				parser.fail(prefix === "" ? `the default namespace may not be set to ${uri}.` : `may not assign a prefix (even "xmlns") to the URI \
${XMLNS_NAMESPACE}.`);
				break;
			case XML_NAMESPACE: switch (prefix) {
				case "xml": break;
				case "":
					parser.fail(`the default namespace may not be set to ${uri}.`);
					break;
				default: parser.fail("may not assign the xml namespace to another prefix.");
			}
		}
	}
	function nsMappingCheck(parser, mapping) {
		for (const local of Object.keys(mapping)) nsPairCheck(parser, local, mapping[local]);
	}
	const isNCName = (name) => NC_NAME_RE.test(name);
	const isName = (name) => NAME_RE.test(name);
	const FORBIDDEN_START = 0;
	const FORBIDDEN_BRACKET = 1;
	const FORBIDDEN_BRACKET_BRACKET = 2;
	/**
	* The list of supported events.
	*/
	exports.EVENTS = [
		"xmldecl",
		"text",
		"processinginstruction",
		"doctype",
		"comment",
		"opentagstart",
		"attribute",
		"opentag",
		"closetag",
		"cdata",
		"error",
		"end",
		"ready"
	];
	const EVENT_NAME_TO_HANDLER_NAME = {
		xmldecl: "xmldeclHandler",
		text: "textHandler",
		processinginstruction: "piHandler",
		doctype: "doctypeHandler",
		comment: "commentHandler",
		opentagstart: "openTagStartHandler",
		attribute: "attributeHandler",
		opentag: "openTagHandler",
		closetag: "closeTagHandler",
		cdata: "cdataHandler",
		error: "errorHandler",
		end: "endHandler",
		ready: "readyHandler"
	};
	var SaxesParser = class {
		/**
		* @param opt The parser options.
		*/
		constructor(opt) {
			this.opt = opt !== null && opt !== void 0 ? opt : {};
			this.fragmentOpt = !!this.opt.fragment;
			const xmlnsOpt = this.xmlnsOpt = !!this.opt.xmlns;
			this.trackPosition = this.opt.position !== false;
			this.fileName = this.opt.fileName;
			if (xmlnsOpt) {
				this.nameStartCheck = isNCNameStartChar;
				this.nameCheck = isNCNameChar;
				this.isName = isNCName;
				this.processAttribs = this.processAttribsNS;
				this.pushAttrib = this.pushAttribNS;
				this.ns = Object.assign({ __proto__: null }, rootNS);
				const additional = this.opt.additionalNamespaces;
				if (additional != null) {
					nsMappingCheck(this, additional);
					Object.assign(this.ns, additional);
				}
			} else {
				this.nameStartCheck = isNameStartChar;
				this.nameCheck = isNameChar;
				this.isName = isName;
				this.processAttribs = this.processAttribsPlain;
				this.pushAttrib = this.pushAttribPlain;
			}
			this.stateTable = [
				this.sBegin,
				this.sBeginWhitespace,
				this.sDoctype,
				this.sDoctypeQuote,
				this.sDTD,
				this.sDTDQuoted,
				this.sDTDOpenWaka,
				this.sDTDOpenWakaBang,
				this.sDTDComment,
				this.sDTDCommentEnding,
				this.sDTDCommentEnded,
				this.sDTDPI,
				this.sDTDPIEnding,
				this.sText,
				this.sEntity,
				this.sOpenWaka,
				this.sOpenWakaBang,
				this.sComment,
				this.sCommentEnding,
				this.sCommentEnded,
				this.sCData,
				this.sCDataEnding,
				this.sCDataEnding2,
				this.sPIFirstChar,
				this.sPIRest,
				this.sPIBody,
				this.sPIEnding,
				this.sXMLDeclNameStart,
				this.sXMLDeclName,
				this.sXMLDeclEq,
				this.sXMLDeclValueStart,
				this.sXMLDeclValue,
				this.sXMLDeclSeparator,
				this.sXMLDeclEnding,
				this.sOpenTag,
				this.sOpenTagSlash,
				this.sAttrib,
				this.sAttribName,
				this.sAttribNameSawWhite,
				this.sAttribValue,
				this.sAttribValueQuoted,
				this.sAttribValueClosed,
				this.sAttribValueUnquoted,
				this.sCloseTag,
				this.sCloseTagSawWhite
			];
			this._init();
		}
		/**
		* Indicates whether or not the parser is closed. If ``true``, wait for
		* the ``ready`` event to write again.
		*/
		get closed() {
			return this._closed;
		}
		_init() {
			var _a;
			this.openWakaBang = "";
			this.text = "";
			this.name = "";
			this.piTarget = "";
			this.entity = "";
			this.q = null;
			this.tags = [];
			this.tag = null;
			this.topNS = null;
			this.chunk = "";
			this.chunkPosition = 0;
			this.i = 0;
			this.prevI = 0;
			this.carriedFromPrevious = void 0;
			this.forbiddenState = FORBIDDEN_START;
			this.attribList = [];
			const { fragmentOpt } = this;
			this.state = fragmentOpt ? S_TEXT : S_BEGIN;
			this.reportedTextBeforeRoot = this.reportedTextAfterRoot = this.closedRoot = this.sawRoot = fragmentOpt;
			this.xmlDeclPossible = !fragmentOpt;
			this.xmlDeclExpects = ["version"];
			this.entityReturnState = void 0;
			let { defaultXMLVersion } = this.opt;
			if (defaultXMLVersion === void 0) {
				if (this.opt.forceXMLVersion === true) throw new Error("forceXMLVersion set but defaultXMLVersion is not set");
				defaultXMLVersion = "1.0";
			}
			this.setXMLVersion(defaultXMLVersion);
			this.positionAtNewLine = 0;
			this.doctype = false;
			this._closed = false;
			this.xmlDecl = {
				version: void 0,
				encoding: void 0,
				standalone: void 0
			};
			this.line = 1;
			this.column = 0;
			this.ENTITIES = Object.create(XML_ENTITIES);
			(_a = this.readyHandler) === null || _a === void 0 || _a.call(this);
		}
		/**
		* The stream position the parser is currently looking at. This field is
		* zero-based.
		*
		* This field is not based on counting Unicode characters but is to be
		* interpreted as a plain index into a JavaScript string.
		*/
		get position() {
			return this.chunkPosition + this.i;
		}
		/**
		* The column number of the next character to be read by the parser.  *
		* This field is zero-based. (The first column in a line is 0.)
		*
		* This field reports the index at which the next character would be in the
		* line if the line were represented as a JavaScript string.  Note that this
		* *can* be different to a count based on the number of *Unicode characters*
		* due to how JavaScript handles astral plane characters.
		*
		* See [[column]] for a number that corresponds to a count of Unicode
		* characters.
		*/
		get columnIndex() {
			return this.position - this.positionAtNewLine;
		}
		/**
		* Set an event listener on an event. The parser supports one handler per
		* event type. If you try to set an event handler over an existing handler,
		* the old handler is silently overwritten.
		*
		* @param name The event to listen to.
		*
		* @param handler The handler to set.
		*/
		on(name, handler) {
			this[EVENT_NAME_TO_HANDLER_NAME[name]] = handler;
		}
		/**
		* Unset an event handler.
		*
		* @parma name The event to stop listening to.
		*/
		off(name) {
			this[EVENT_NAME_TO_HANDLER_NAME[name]] = void 0;
		}
		/**
		* Make an error object. The error object will have a message that contains
		* the ``fileName`` option passed at the creation of the parser. If position
		* tracking was turned on, it will also have line and column number
		* information.
		*
		* @param message The message describing the error to report.
		*
		* @returns An error object with a properly formatted message.
		*/
		makeError(message) {
			var _a;
			let msg = (_a = this.fileName) !== null && _a !== void 0 ? _a : "";
			if (this.trackPosition) {
				if (msg.length > 0) msg += ":";
				msg += `${this.line}:${this.column}`;
			}
			if (msg.length > 0) msg += ": ";
			return new Error(msg + message);
		}
		/**
		* Report a parsing error. This method is made public so that client code may
		* check for issues that are outside the scope of this project and can report
		* errors.
		*
		* @param message The error to report.
		*
		* @returns this
		*/
		fail(message) {
			const err = this.makeError(message);
			const handler = this.errorHandler;
			if (handler === void 0) throw err;
			else handler(err);
			return this;
		}
		/**
		* Write a XML data to the parser.
		*
		* @param chunk The XML data to write.
		*
		* @returns this
		*/
		write(chunk) {
			if (this.closed) return this.fail("cannot write after close; assign an onready handler.");
			let end = false;
			if (chunk === null) {
				end = true;
				chunk = "";
			} else if (typeof chunk === "object") chunk = chunk.toString();
			if (this.carriedFromPrevious !== void 0) {
				chunk = `${this.carriedFromPrevious}${chunk}`;
				this.carriedFromPrevious = void 0;
			}
			let limit = chunk.length;
			const lastCode = chunk.charCodeAt(limit - 1);
			if (!end && (lastCode === CR || lastCode >= 55296 && lastCode <= 56319)) {
				this.carriedFromPrevious = chunk[limit - 1];
				limit--;
				chunk = chunk.slice(0, limit);
			}
			const { stateTable } = this;
			this.chunk = chunk;
			this.i = 0;
			while (this.i < limit) stateTable[this.state].call(this);
			this.chunkPosition += limit;
			return end ? this.end() : this;
		}
		/**
		* Close the current stream. Perform final well-formedness checks and reset
		* the parser tstate.
		*
		* @returns this
		*/
		close() {
			return this.write(null);
		}
		/**
		* Get a single code point out of the current chunk. This updates the current
		* position if we do position tracking.
		*
		* This is the algorithm to use for XML 1.0.
		*
		* @returns The character read.
		*/
		getCode10() {
			const { chunk, i } = this;
			this.prevI = i;
			this.i = i + 1;
			if (i >= chunk.length) return EOC;
			const code = chunk.charCodeAt(i);
			this.column++;
			if (code < 55296) {
				if (code >= SPACE || code === TAB) return code;
				switch (code) {
					case NL:
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL;
					case CR:
						if (chunk.charCodeAt(i + 1) === NL) this.i = i + 2;
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL_LIKE;
					default:
						this.fail("disallowed character.");
						return code;
				}
			}
			if (code > 56319) {
				if (!(code >= 57344 && code <= 65533)) this.fail("disallowed character.");
				return code;
			}
			const final = 65536 + (code - 55296) * 1024 + (chunk.charCodeAt(i + 1) - 56320);
			this.i = i + 2;
			if (final > 1114111) this.fail("disallowed character.");
			return final;
		}
		/**
		* Get a single code point out of the current chunk. This updates the current
		* position if we do position tracking.
		*
		* This is the algorithm to use for XML 1.1.
		*
		* @returns {number} The character read.
		*/
		getCode11() {
			const { chunk, i } = this;
			this.prevI = i;
			this.i = i + 1;
			if (i >= chunk.length) return EOC;
			const code = chunk.charCodeAt(i);
			this.column++;
			if (code < 55296) {
				if (code > 31 && code < 127 || code > 159 && code !== LS || code === TAB) return code;
				switch (code) {
					case NL:
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL;
					case CR: {
						const next = chunk.charCodeAt(i + 1);
						if (next === NL || next === NEL) this.i = i + 2;
					}
					case NEL:
					case LS:
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL_LIKE;
					default:
						this.fail("disallowed character.");
						return code;
				}
			}
			if (code > 56319) {
				if (!(code >= 57344 && code <= 65533)) this.fail("disallowed character.");
				return code;
			}
			const final = 65536 + (code - 55296) * 1024 + (chunk.charCodeAt(i + 1) - 56320);
			this.i = i + 2;
			if (final > 1114111) this.fail("disallowed character.");
			return final;
		}
		/**
		* Like ``getCode`` but with the return value normalized so that ``NL`` is
		* returned for ``NL_LIKE``.
		*/
		getCodeNorm() {
			const c = this.getCode();
			return c === NL_LIKE ? NL : c;
		}
		unget() {
			this.i = this.prevI;
			this.column--;
		}
		/**
		* Capture characters into a buffer until encountering one of a set of
		* characters.
		*
		* @param chars An array of codepoints. Encountering a character in the array
		* ends the capture. (``chars`` may safely contain ``NL``.)
		*
		* @return The character code that made the capture end, or ``EOC`` if we hit
		* the end of the chunk. The return value cannot be NL_LIKE: NL is returned
		* instead.
		*/
		captureTo(chars) {
			let { i: start } = this;
			const { chunk } = this;
			while (true) {
				const c = this.getCode();
				const isNLLike = c === NL_LIKE;
				const final = isNLLike ? NL : c;
				if (final === EOC || chars.includes(final)) {
					this.text += chunk.slice(start, this.prevI);
					return final;
				}
				if (isNLLike) {
					this.text += `${chunk.slice(start, this.prevI)}\n`;
					start = this.i;
				}
			}
		}
		/**
		* Capture characters into a buffer until encountering a character.
		*
		* @param char The codepoint that ends the capture. **NOTE ``char`` MAY NOT
		* CONTAIN ``NL``.** Passing ``NL`` will result in buggy behavior.
		*
		* @return ``true`` if we ran into the character. Otherwise, we ran into the
		* end of the current chunk.
		*/
		captureToChar(char) {
			let { i: start } = this;
			const { chunk } = this;
			while (true) {
				let c = this.getCode();
				switch (c) {
					case NL_LIKE:
						this.text += `${chunk.slice(start, this.prevI)}\n`;
						start = this.i;
						c = NL;
						break;
					case EOC:
						this.text += chunk.slice(start);
						return false;
				}
				if (c === char) {
					this.text += chunk.slice(start, this.prevI);
					return true;
				}
			}
		}
		/**
		* Capture characters that satisfy ``isNameChar`` into the ``name`` field of
		* this parser.
		*
		* @return The character code that made the test fail, or ``EOC`` if we hit
		* the end of the chunk. The return value cannot be NL_LIKE: NL is returned
		* instead.
		*/
		captureNameChars() {
			const { chunk, i: start } = this;
			while (true) {
				const c = this.getCode();
				if (c === EOC) {
					this.name += chunk.slice(start);
					return EOC;
				}
				if (!isNameChar(c)) {
					this.name += chunk.slice(start, this.prevI);
					return c === NL_LIKE ? NL : c;
				}
			}
		}
		/**
		* Skip white spaces.
		*
		* @return The character that ended the skip, or ``EOC`` if we hit
		* the end of the chunk. The return value cannot be NL_LIKE: NL is returned
		* instead.
		*/
		skipSpaces() {
			while (true) {
				const c = this.getCodeNorm();
				if (c === EOC || !isS(c)) return c;
			}
		}
		setXMLVersion(version) {
			this.currentXMLVersion = version;
			if (version === "1.0") {
				this.isChar = isChar10;
				this.getCode = this.getCode10;
			} else {
				this.isChar = isChar11;
				this.getCode = this.getCode11;
			}
		}
		sBegin() {
			if (this.chunk.charCodeAt(0) === 65279) {
				this.i++;
				this.column++;
			}
			this.state = S_BEGIN_WHITESPACE;
		}
		sBeginWhitespace() {
			const iBefore = this.i;
			const c = this.skipSpaces();
			if (this.prevI !== iBefore) this.xmlDeclPossible = false;
			switch (c) {
				case LESS:
					this.state = S_OPEN_WAKA;
					if (this.text.length !== 0) throw new Error("no-empty text at start");
					break;
				case EOC: break;
				default:
					this.unget();
					this.state = S_TEXT;
					this.xmlDeclPossible = false;
			}
		}
		sDoctype() {
			var _a;
			const c = this.captureTo(DOCTYPE_TERMINATOR);
			switch (c) {
				case GREATER:
					(_a = this.doctypeHandler) === null || _a === void 0 || _a.call(this, this.text);
					this.text = "";
					this.state = S_TEXT;
					this.doctype = true;
					break;
				case EOC: break;
				default:
					this.text += String.fromCodePoint(c);
					if (c === OPEN_BRACKET) this.state = S_DTD;
					else if (isQuote(c)) {
						this.state = S_DOCTYPE_QUOTE;
						this.q = c;
					}
			}
		}
		sDoctypeQuote() {
			const q = this.q;
			if (this.captureToChar(q)) {
				this.text += String.fromCodePoint(q);
				this.q = null;
				this.state = S_DOCTYPE;
			}
		}
		sDTD() {
			const c = this.captureTo(DTD_TERMINATOR);
			if (c === EOC) return;
			this.text += String.fromCodePoint(c);
			if (c === CLOSE_BRACKET) this.state = S_DOCTYPE;
			else if (c === LESS) this.state = S_DTD_OPEN_WAKA;
			else if (isQuote(c)) {
				this.state = S_DTD_QUOTED;
				this.q = c;
			}
		}
		sDTDQuoted() {
			const q = this.q;
			if (this.captureToChar(q)) {
				this.text += String.fromCodePoint(q);
				this.state = S_DTD;
				this.q = null;
			}
		}
		sDTDOpenWaka() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			switch (c) {
				case BANG:
					this.state = S_DTD_OPEN_WAKA_BANG;
					this.openWakaBang = "";
					break;
				case QUESTION:
					this.state = S_DTD_PI;
					break;
				default: this.state = S_DTD;
			}
		}
		sDTDOpenWakaBang() {
			const char = String.fromCodePoint(this.getCodeNorm());
			const owb = this.openWakaBang += char;
			this.text += char;
			if (owb !== "-") {
				this.state = owb === "--" ? S_DTD_COMMENT : S_DTD;
				this.openWakaBang = "";
			}
		}
		sDTDComment() {
			if (this.captureToChar(MINUS)) {
				this.text += "-";
				this.state = S_DTD_COMMENT_ENDING;
			}
		}
		sDTDCommentEnding() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			this.state = c === MINUS ? S_DTD_COMMENT_ENDED : S_DTD_COMMENT;
		}
		sDTDCommentEnded() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			if (c === GREATER) this.state = S_DTD;
			else {
				this.fail("malformed comment.");
				this.state = S_DTD_COMMENT;
			}
		}
		sDTDPI() {
			if (this.captureToChar(QUESTION)) {
				this.text += "?";
				this.state = S_DTD_PI_ENDING;
			}
		}
		sDTDPIEnding() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			if (c === GREATER) this.state = S_DTD;
		}
		sText() {
			if (this.tags.length !== 0) this.handleTextInRoot();
			else this.handleTextOutsideRoot();
		}
		sEntity() {
			let { i: start } = this;
			const { chunk } = this;
			loop: while (true) switch (this.getCode()) {
				case NL_LIKE:
					this.entity += `${chunk.slice(start, this.prevI)}\n`;
					start = this.i;
					break;
				case SEMICOLON: {
					const { entityReturnState } = this;
					const entity = this.entity + chunk.slice(start, this.prevI);
					this.state = entityReturnState;
					let parsed;
					if (entity === "") {
						this.fail("empty entity name.");
						parsed = "&;";
					} else {
						parsed = this.parseEntity(entity);
						this.entity = "";
					}
					if (entityReturnState !== S_TEXT || this.textHandler !== void 0) this.text += parsed;
					break loop;
				}
				case EOC:
					this.entity += chunk.slice(start);
					break loop;
			}
		}
		sOpenWaka() {
			const c = this.getCode();
			if (isNameStartChar(c)) {
				this.state = S_OPEN_TAG;
				this.unget();
				this.xmlDeclPossible = false;
			} else switch (c) {
				case FORWARD_SLASH:
					this.state = S_CLOSE_TAG;
					this.xmlDeclPossible = false;
					break;
				case BANG:
					this.state = S_OPEN_WAKA_BANG;
					this.openWakaBang = "";
					this.xmlDeclPossible = false;
					break;
				case QUESTION:
					this.state = S_PI_FIRST_CHAR;
					break;
				default:
					this.fail("disallowed character in tag name");
					this.state = S_TEXT;
					this.xmlDeclPossible = false;
			}
		}
		sOpenWakaBang() {
			this.openWakaBang += String.fromCodePoint(this.getCodeNorm());
			switch (this.openWakaBang) {
				case "[CDATA[":
					if (!this.sawRoot && !this.reportedTextBeforeRoot) {
						this.fail("text data outside of root node.");
						this.reportedTextBeforeRoot = true;
					}
					if (this.closedRoot && !this.reportedTextAfterRoot) {
						this.fail("text data outside of root node.");
						this.reportedTextAfterRoot = true;
					}
					this.state = S_CDATA;
					this.openWakaBang = "";
					break;
				case "--":
					this.state = S_COMMENT;
					this.openWakaBang = "";
					break;
				case "DOCTYPE":
					this.state = S_DOCTYPE;
					if (this.doctype || this.sawRoot) this.fail("inappropriately located doctype declaration.");
					this.openWakaBang = "";
					break;
				default: if (this.openWakaBang.length >= 7) this.fail("incorrect syntax.");
			}
		}
		sComment() {
			if (this.captureToChar(MINUS)) this.state = S_COMMENT_ENDING;
		}
		sCommentEnding() {
			var _a;
			const c = this.getCodeNorm();
			if (c === MINUS) {
				this.state = S_COMMENT_ENDED;
				(_a = this.commentHandler) === null || _a === void 0 || _a.call(this, this.text);
				this.text = "";
			} else {
				this.text += `-${String.fromCodePoint(c)}`;
				this.state = S_COMMENT;
			}
		}
		sCommentEnded() {
			const c = this.getCodeNorm();
			if (c !== GREATER) {
				this.fail("malformed comment.");
				this.text += `--${String.fromCodePoint(c)}`;
				this.state = S_COMMENT;
			} else this.state = S_TEXT;
		}
		sCData() {
			if (this.captureToChar(CLOSE_BRACKET)) this.state = S_CDATA_ENDING;
		}
		sCDataEnding() {
			const c = this.getCodeNorm();
			if (c === CLOSE_BRACKET) this.state = S_CDATA_ENDING_2;
			else {
				this.text += `]${String.fromCodePoint(c)}`;
				this.state = S_CDATA;
			}
		}
		sCDataEnding2() {
			var _a;
			const c = this.getCodeNorm();
			switch (c) {
				case GREATER:
					(_a = this.cdataHandler) === null || _a === void 0 || _a.call(this, this.text);
					this.text = "";
					this.state = S_TEXT;
					break;
				case CLOSE_BRACKET:
					this.text += "]";
					break;
				default:
					this.text += `]]${String.fromCodePoint(c)}`;
					this.state = S_CDATA;
			}
		}
		sPIFirstChar() {
			const c = this.getCodeNorm();
			if (this.nameStartCheck(c)) {
				this.piTarget += String.fromCodePoint(c);
				this.state = S_PI_REST;
			} else if (c === QUESTION || isS(c)) {
				this.fail("processing instruction without a target.");
				this.state = c === QUESTION ? S_PI_ENDING : S_PI_BODY;
			} else {
				this.fail("disallowed character in processing instruction name.");
				this.piTarget += String.fromCodePoint(c);
				this.state = S_PI_REST;
			}
		}
		sPIRest() {
			const { chunk, i: start } = this;
			while (true) {
				const c = this.getCodeNorm();
				if (c === EOC) {
					this.piTarget += chunk.slice(start);
					return;
				}
				if (!this.nameCheck(c)) {
					this.piTarget += chunk.slice(start, this.prevI);
					const isQuestion = c === QUESTION;
					if (isQuestion || isS(c)) {
						if (this.piTarget === "xml") {
							if (!this.xmlDeclPossible) this.fail("an XML declaration must be at the start of the document.");
							this.state = isQuestion ? S_XML_DECL_ENDING : S_XML_DECL_NAME_START;
						} else this.state = isQuestion ? S_PI_ENDING : S_PI_BODY;
					} else {
						this.fail("disallowed character in processing instruction name.");
						this.piTarget += String.fromCodePoint(c);
					}
					break;
				}
			}
		}
		sPIBody() {
			if (this.text.length === 0) {
				const c = this.getCodeNorm();
				if (c === QUESTION) this.state = S_PI_ENDING;
				else if (!isS(c)) this.text = String.fromCodePoint(c);
			} else if (this.captureToChar(QUESTION)) this.state = S_PI_ENDING;
		}
		sPIEnding() {
			var _a;
			const c = this.getCodeNorm();
			if (c === GREATER) {
				const { piTarget } = this;
				if (piTarget.toLowerCase() === "xml") this.fail("the XML declaration must appear at the start of the document.");
				(_a = this.piHandler) === null || _a === void 0 || _a.call(this, {
					target: piTarget,
					body: this.text
				});
				this.piTarget = this.text = "";
				this.state = S_TEXT;
			} else if (c === QUESTION) this.text += "?";
			else {
				this.text += `?${String.fromCodePoint(c)}`;
				this.state = S_PI_BODY;
			}
			this.xmlDeclPossible = false;
		}
		sXMLDeclNameStart() {
			const c = this.skipSpaces();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				return;
			}
			if (c !== EOC) {
				this.state = S_XML_DECL_NAME;
				this.name = String.fromCodePoint(c);
			}
		}
		sXMLDeclName() {
			const c = this.captureTo(XML_DECL_NAME_TERMINATOR);
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.name += this.text;
				this.text = "";
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (!(isS(c) || c === EQUAL)) return;
			this.name += this.text;
			this.text = "";
			if (!this.xmlDeclExpects.includes(this.name)) switch (this.name.length) {
				case 0:
					this.fail("did not expect any more name/value pairs.");
					break;
				case 1:
					this.fail(`expected the name ${this.xmlDeclExpects[0]}.`);
					break;
				default: this.fail(`expected one of ${this.xmlDeclExpects.join(", ")}`);
			}
			this.state = c === EQUAL ? S_XML_DECL_VALUE_START : S_XML_DECL_EQ;
		}
		sXMLDeclEq() {
			const c = this.getCodeNorm();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (isS(c)) return;
			if (c !== EQUAL) this.fail("value required.");
			this.state = S_XML_DECL_VALUE_START;
		}
		sXMLDeclValueStart() {
			const c = this.getCodeNorm();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (isS(c)) return;
			if (!isQuote(c)) {
				this.fail("value must be quoted.");
				this.q = SPACE;
			} else this.q = c;
			this.state = S_XML_DECL_VALUE;
		}
		sXMLDeclValue() {
			const c = this.captureTo([this.q, QUESTION]);
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.text = "";
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (c === EOC) return;
			const value = this.text;
			this.text = "";
			switch (this.name) {
				case "version": {
					this.xmlDeclExpects = ["encoding", "standalone"];
					const version = value;
					this.xmlDecl.version = version;
					if (!/^1\.[0-9]+$/.test(version)) this.fail("version number must match /^1\\.[0-9]+$/.");
					else if (!this.opt.forceXMLVersion) this.setXMLVersion(version);
					break;
				}
				case "encoding":
					if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(value)) this.fail("encoding value must match /^[A-Za-z0-9][A-Za-z0-9._-]*$/.");
					this.xmlDeclExpects = ["standalone"];
					this.xmlDecl.encoding = value;
					break;
				case "standalone":
					if (value !== "yes" && value !== "no") this.fail("standalone value must match \"yes\" or \"no\".");
					this.xmlDeclExpects = [];
					this.xmlDecl.standalone = value;
			}
			this.name = "";
			this.state = S_XML_DECL_SEPARATOR;
		}
		sXMLDeclSeparator() {
			const c = this.getCodeNorm();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				return;
			}
			if (!isS(c)) {
				this.fail("whitespace required.");
				this.unget();
			}
			this.state = S_XML_DECL_NAME_START;
		}
		sXMLDeclEnding() {
			var _a;
			if (this.getCodeNorm() === GREATER) {
				if (this.piTarget !== "xml") this.fail("processing instructions are not allowed before root.");
				else if (this.name !== "version" && this.xmlDeclExpects.includes("version")) this.fail("XML declaration must contain a version.");
				(_a = this.xmldeclHandler) === null || _a === void 0 || _a.call(this, this.xmlDecl);
				this.name = "";
				this.piTarget = this.text = "";
				this.state = S_TEXT;
			} else this.fail("The character ? is disallowed anywhere in XML declarations.");
			this.xmlDeclPossible = false;
		}
		sOpenTag() {
			var _a;
			const c = this.captureNameChars();
			if (c === EOC) return;
			const tag = this.tag = {
				name: this.name,
				attributes: Object.create(null)
			};
			this.name = "";
			if (this.xmlnsOpt) this.topNS = tag.ns = Object.create(null);
			(_a = this.openTagStartHandler) === null || _a === void 0 || _a.call(this, tag);
			this.sawRoot = true;
			if (!this.fragmentOpt && this.closedRoot) this.fail("documents may contain only one root.");
			switch (c) {
				case GREATER:
					this.openTag();
					break;
				case FORWARD_SLASH:
					this.state = S_OPEN_TAG_SLASH;
					break;
				default:
					if (!isS(c)) this.fail("disallowed character in tag name.");
					this.state = S_ATTRIB;
			}
		}
		sOpenTagSlash() {
			if (this.getCode() === GREATER) this.openSelfClosingTag();
			else {
				this.fail("forward-slash in opening tag not followed by >.");
				this.state = S_ATTRIB;
			}
		}
		sAttrib() {
			const c = this.skipSpaces();
			if (c === EOC) return;
			if (isNameStartChar(c)) {
				this.unget();
				this.state = S_ATTRIB_NAME;
			} else if (c === GREATER) this.openTag();
			else if (c === FORWARD_SLASH) this.state = S_OPEN_TAG_SLASH;
			else this.fail("disallowed character in attribute name.");
		}
		sAttribName() {
			const c = this.captureNameChars();
			if (c === EQUAL) this.state = S_ATTRIB_VALUE;
			else if (isS(c)) this.state = S_ATTRIB_NAME_SAW_WHITE;
			else if (c === GREATER) {
				this.fail("attribute without value.");
				this.pushAttrib(this.name, this.name);
				this.name = this.text = "";
				this.openTag();
			} else if (c !== EOC) this.fail("disallowed character in attribute name.");
		}
		sAttribNameSawWhite() {
			const c = this.skipSpaces();
			switch (c) {
				case EOC: return;
				case EQUAL:
					this.state = S_ATTRIB_VALUE;
					break;
				default:
					this.fail("attribute without value.");
					this.text = "";
					this.name = "";
					if (c === GREATER) this.openTag();
					else if (isNameStartChar(c)) {
						this.unget();
						this.state = S_ATTRIB_NAME;
					} else {
						this.fail("disallowed character in attribute name.");
						this.state = S_ATTRIB;
					}
			}
		}
		sAttribValue() {
			const c = this.getCodeNorm();
			if (isQuote(c)) {
				this.q = c;
				this.state = S_ATTRIB_VALUE_QUOTED;
			} else if (!isS(c)) {
				this.fail("unquoted attribute value.");
				this.state = S_ATTRIB_VALUE_UNQUOTED;
				this.unget();
			}
		}
		sAttribValueQuoted() {
			const { q, chunk } = this;
			let { i: start } = this;
			while (true) switch (this.getCode()) {
				case q:
					this.pushAttrib(this.name, this.text + chunk.slice(start, this.prevI));
					this.name = this.text = "";
					this.q = null;
					this.state = S_ATTRIB_VALUE_CLOSED;
					return;
				case AMP:
					this.text += chunk.slice(start, this.prevI);
					this.state = S_ENTITY;
					this.entityReturnState = S_ATTRIB_VALUE_QUOTED;
					return;
				case NL:
				case NL_LIKE:
				case TAB:
					this.text += `${chunk.slice(start, this.prevI)} `;
					start = this.i;
					break;
				case LESS:
					this.text += chunk.slice(start, this.prevI);
					this.fail("disallowed character.");
					return;
				case EOC:
					this.text += chunk.slice(start);
					return;
			}
		}
		sAttribValueClosed() {
			const c = this.getCodeNorm();
			if (isS(c)) this.state = S_ATTRIB;
			else if (c === GREATER) this.openTag();
			else if (c === FORWARD_SLASH) this.state = S_OPEN_TAG_SLASH;
			else if (isNameStartChar(c)) {
				this.fail("no whitespace between attributes.");
				this.unget();
				this.state = S_ATTRIB_NAME;
			} else this.fail("disallowed character in attribute name.");
		}
		sAttribValueUnquoted() {
			const c = this.captureTo(ATTRIB_VALUE_UNQUOTED_TERMINATOR);
			switch (c) {
				case AMP:
					this.state = S_ENTITY;
					this.entityReturnState = S_ATTRIB_VALUE_UNQUOTED;
					break;
				case LESS:
					this.fail("disallowed character.");
					break;
				case EOC: break;
				default:
					if (this.text.includes("]]>")) this.fail("the string \"]]>\" is disallowed in char data.");
					this.pushAttrib(this.name, this.text);
					this.name = this.text = "";
					if (c === GREATER) this.openTag();
					else this.state = S_ATTRIB;
			}
		}
		sCloseTag() {
			const c = this.captureNameChars();
			if (c === GREATER) this.closeTag();
			else if (isS(c)) this.state = S_CLOSE_TAG_SAW_WHITE;
			else if (c !== EOC) this.fail("disallowed character in closing tag.");
		}
		sCloseTagSawWhite() {
			switch (this.skipSpaces()) {
				case GREATER:
					this.closeTag();
					break;
				case EOC: break;
				default: this.fail("disallowed character in closing tag.");
			}
		}
		handleTextInRoot() {
			let { i: start, forbiddenState } = this;
			const { chunk, textHandler: handler } = this;
			scanLoop: while (true) switch (this.getCode()) {
				case LESS:
					this.state = S_OPEN_WAKA;
					if (handler !== void 0) {
						const { text } = this;
						const slice = chunk.slice(start, this.prevI);
						if (text.length !== 0) {
							handler(text + slice);
							this.text = "";
						} else if (slice.length !== 0) handler(slice);
					}
					forbiddenState = FORBIDDEN_START;
					break scanLoop;
				case AMP:
					this.state = S_ENTITY;
					this.entityReturnState = S_TEXT;
					if (handler !== void 0) this.text += chunk.slice(start, this.prevI);
					forbiddenState = FORBIDDEN_START;
					break scanLoop;
				case CLOSE_BRACKET:
					switch (forbiddenState) {
						case FORBIDDEN_START:
							forbiddenState = FORBIDDEN_BRACKET;
							break;
						case FORBIDDEN_BRACKET:
							forbiddenState = FORBIDDEN_BRACKET_BRACKET;
							break;
						case FORBIDDEN_BRACKET_BRACKET: break;
						default: throw new Error("impossible state");
					}
					break;
				case GREATER:
					if (forbiddenState === FORBIDDEN_BRACKET_BRACKET) this.fail("the string \"]]>\" is disallowed in char data.");
					forbiddenState = FORBIDDEN_START;
					break;
				case NL_LIKE:
					if (handler !== void 0) this.text += `${chunk.slice(start, this.prevI)}\n`;
					start = this.i;
					forbiddenState = FORBIDDEN_START;
					break;
				case EOC:
					if (handler !== void 0) this.text += chunk.slice(start);
					break scanLoop;
				default: forbiddenState = FORBIDDEN_START;
			}
			this.forbiddenState = forbiddenState;
		}
		handleTextOutsideRoot() {
			let { i: start } = this;
			const { chunk, textHandler: handler } = this;
			let nonSpace = false;
			outRootLoop: while (true) {
				const code = this.getCode();
				switch (code) {
					case LESS:
						this.state = S_OPEN_WAKA;
						if (handler !== void 0) {
							const { text } = this;
							const slice = chunk.slice(start, this.prevI);
							if (text.length !== 0) {
								handler(text + slice);
								this.text = "";
							} else if (slice.length !== 0) handler(slice);
						}
						break outRootLoop;
					case AMP:
						this.state = S_ENTITY;
						this.entityReturnState = S_TEXT;
						if (handler !== void 0) this.text += chunk.slice(start, this.prevI);
						nonSpace = true;
						break outRootLoop;
					case NL_LIKE:
						if (handler !== void 0) this.text += `${chunk.slice(start, this.prevI)}\n`;
						start = this.i;
						break;
					case EOC:
						if (handler !== void 0) this.text += chunk.slice(start);
						break outRootLoop;
					default: if (!isS(code)) nonSpace = true;
				}
			}
			if (!nonSpace) return;
			if (!this.sawRoot && !this.reportedTextBeforeRoot) {
				this.fail("text data outside of root node.");
				this.reportedTextBeforeRoot = true;
			}
			if (this.closedRoot && !this.reportedTextAfterRoot) {
				this.fail("text data outside of root node.");
				this.reportedTextAfterRoot = true;
			}
		}
		pushAttribNS(name, value) {
			var _a;
			const { prefix, local } = this.qname(name);
			const attr = {
				name,
				prefix,
				local,
				value
			};
			this.attribList.push(attr);
			(_a = this.attributeHandler) === null || _a === void 0 || _a.call(this, attr);
			if (prefix === "xmlns") {
				const trimmed = value.trim();
				if (this.currentXMLVersion === "1.0" && trimmed === "") this.fail("invalid attempt to undefine prefix in XML 1.0");
				this.topNS[local] = trimmed;
				nsPairCheck(this, local, trimmed);
			} else if (name === "xmlns") {
				const trimmed = value.trim();
				this.topNS[""] = trimmed;
				nsPairCheck(this, "", trimmed);
			}
		}
		pushAttribPlain(name, value) {
			var _a;
			const attr = {
				name,
				value
			};
			this.attribList.push(attr);
			(_a = this.attributeHandler) === null || _a === void 0 || _a.call(this, attr);
		}
		/**
		* End parsing. This performs final well-formedness checks and resets the
		* parser to a clean state.
		*
		* @returns this
		*/
		end() {
			var _a, _b;
			if (!this.sawRoot) this.fail("document must contain a root element.");
			const { tags } = this;
			while (tags.length > 0) {
				const tag = tags.pop();
				this.fail(`unclosed tag: ${tag.name}`);
			}
			if (this.state !== S_BEGIN && this.state !== S_TEXT) this.fail("unexpected end.");
			const { text } = this;
			if (text.length !== 0) {
				(_a = this.textHandler) === null || _a === void 0 || _a.call(this, text);
				this.text = "";
			}
			this._closed = true;
			(_b = this.endHandler) === null || _b === void 0 || _b.call(this);
			this._init();
			return this;
		}
		/**
		* Resolve a namespace prefix.
		*
		* @param prefix The prefix to resolve.
		*
		* @returns The namespace URI or ``undefined`` if the prefix is not defined.
		*/
		resolve(prefix) {
			var _a, _b;
			let uri = this.topNS[prefix];
			if (uri !== void 0) return uri;
			const { tags } = this;
			for (let index = tags.length - 1; index >= 0; index--) {
				uri = tags[index].ns[prefix];
				if (uri !== void 0) return uri;
			}
			uri = this.ns[prefix];
			if (uri !== void 0) return uri;
			return (_b = (_a = this.opt).resolvePrefix) === null || _b === void 0 ? void 0 : _b.call(_a, prefix);
		}
		/**
		* Parse a qname into its prefix and local name parts.
		*
		* @param name The name to parse
		*
		* @returns
		*/
		qname(name) {
			const colon = name.indexOf(":");
			if (colon === -1) return {
				prefix: "",
				local: name
			};
			const local = name.slice(colon + 1);
			const prefix = name.slice(0, colon);
			if (prefix === "" || local === "" || local.includes(":")) this.fail(`malformed name: ${name}.`);
			return {
				prefix,
				local
			};
		}
		processAttribsNS() {
			var _a;
			const { attribList } = this;
			const tag = this.tag;
			{
				const { prefix, local } = this.qname(tag.name);
				tag.prefix = prefix;
				tag.local = local;
				const uri = tag.uri = (_a = this.resolve(prefix)) !== null && _a !== void 0 ? _a : "";
				if (prefix !== "") {
					if (prefix === "xmlns") this.fail("tags may not have \"xmlns\" as prefix.");
					if (uri === "") {
						this.fail(`unbound namespace prefix: ${JSON.stringify(prefix)}.`);
						tag.uri = prefix;
					}
				}
			}
			if (attribList.length === 0) return;
			const { attributes } = tag;
			const seen = /* @__PURE__ */ new Set();
			for (const attr of attribList) {
				const { name, prefix, local } = attr;
				let uri;
				let eqname;
				if (prefix === "") {
					uri = name === "xmlns" ? XMLNS_NAMESPACE : "";
					eqname = name;
				} else {
					uri = this.resolve(prefix);
					if (uri === void 0) {
						this.fail(`unbound namespace prefix: ${JSON.stringify(prefix)}.`);
						uri = prefix;
					}
					eqname = `{${uri}}${local}`;
				}
				if (seen.has(eqname)) this.fail(`duplicate attribute: ${eqname}.`);
				seen.add(eqname);
				attr.uri = uri;
				attributes[name] = attr;
			}
			this.attribList = [];
		}
		processAttribsPlain() {
			const { attribList } = this;
			const attributes = this.tag.attributes;
			for (const { name, value } of attribList) {
				if (attributes[name] !== void 0) this.fail(`duplicate attribute: ${name}.`);
				attributes[name] = value;
			}
			this.attribList = [];
		}
		/**
		* Handle a complete open tag. This parser code calls this once it has seen
		* the whole tag. This method checks for well-formeness and then emits
		* ``onopentag``.
		*/
		openTag() {
			var _a;
			this.processAttribs();
			const { tags } = this;
			const tag = this.tag;
			tag.isSelfClosing = false;
			(_a = this.openTagHandler) === null || _a === void 0 || _a.call(this, tag);
			tags.push(tag);
			this.state = S_TEXT;
			this.name = "";
		}
		/**
		* Handle a complete self-closing tag. This parser code calls this once it has
		* seen the whole tag. This method checks for well-formeness and then emits
		* ``onopentag`` and ``onclosetag``.
		*/
		openSelfClosingTag() {
			var _a, _b, _c;
			this.processAttribs();
			const { tags } = this;
			const tag = this.tag;
			tag.isSelfClosing = true;
			(_a = this.openTagHandler) === null || _a === void 0 || _a.call(this, tag);
			(_b = this.closeTagHandler) === null || _b === void 0 || _b.call(this, tag);
			if ((this.tag = (_c = tags[tags.length - 1]) !== null && _c !== void 0 ? _c : null) === null) this.closedRoot = true;
			this.state = S_TEXT;
			this.name = "";
		}
		/**
		* Handle a complete close tag. This parser code calls this once it has seen
		* the whole tag. This method checks for well-formeness and then emits
		* ``onclosetag``.
		*/
		closeTag() {
			const { tags, name } = this;
			this.state = S_TEXT;
			this.name = "";
			if (name === "") {
				this.fail("weird empty close tag.");
				this.text += "</>";
				return;
			}
			const handler = this.closeTagHandler;
			let l = tags.length;
			while (l-- > 0) {
				const tag = this.tag = tags.pop();
				this.topNS = tag.ns;
				handler === null || handler === void 0 || handler(tag);
				if (tag.name === name) break;
				this.fail("unexpected close tag.");
			}
			if (l === 0) this.closedRoot = true;
			else if (l < 0) {
				this.fail(`unmatched closing tag: ${name}.`);
				this.text += `</${name}>`;
			}
		}
		/**
		* Resolves an entity. Makes any necessary well-formedness checks.
		*
		* @param entity The entity to resolve.
		*
		* @returns The parsed entity.
		*/
		parseEntity(entity) {
			if (entity[0] !== "#") {
				const defined = this.ENTITIES[entity];
				if (defined !== void 0) return defined;
				this.fail(this.isName(entity) ? "undefined entity." : "disallowed character in entity name.");
				return `&${entity};`;
			}
			let num = NaN;
			if (entity[1] === "x" && /^#x[0-9a-f]+$/i.test(entity)) num = parseInt(entity.slice(2), 16);
			else if (/^#[0-9]+$/.test(entity)) num = parseInt(entity.slice(1), 10);
			if (!this.isChar(num)) {
				this.fail("malformed character entity.");
				return `&${entity};`;
			}
			return String.fromCodePoint(num);
		}
	};
	exports.SaxesParser = SaxesParser;
}));
var import_saxes, MAX_DEPTH, MAX_ATTRIBUTES, MAX_NAME, MAX_ATTRIBUTE, MAX_BUFFERED, STRAY_AMPERSAND, LITERAL_ENTITIES, XmlStream;
var init_xml_stream = __esmMin((() => {
	import_saxes = require_saxes();
	init_report_break();
	MAX_DEPTH = 200;
	MAX_ATTRIBUTES = 256;
	MAX_NAME = 1e3;
	MAX_ATTRIBUTE = 65536;
	MAX_BUFFERED = 2 * MAX_ATTRIBUTE;
	STRAY_AMPERSAND = "an & is not followed by an entity";
	LITERAL_ENTITIES = new Proxy({
		amp: "&",
		lt: "<",
		gt: ">",
		quot: "\"",
		apos: "'"
	}, { get: (known, name) => {
		if (typeof name !== "string") return void 0;
		return Object.hasOwn(known, name) ? known[name] : /^[\w.:-]{1,100}$/.test(name) ? `&${name};` : void 0;
	} });
	XmlStream = class {
		#parser = new import_saxes.SaxesParser({
			xmlns: false,
			forceXMLVersion: true,
			defaultXMLVersion: "1.0"
		});
		#handler;
		#open = [];
		#insideTag = false;
		#attributes = 0;
		constructor(handler) {
			this.#handler = handler;
			this.#parser.ENTITIES = LITERAL_ENTITIES;
			this.#parser.on("error", (error) => this.fail(error.message.replace(/^\d+:\d+: /, "")));
			this.#parser.on("opentagstart", (tag) => {
				if (this.#open.length >= MAX_DEPTH) this.fail(`elements are nested more than ${MAX_DEPTH} deep`);
				this.#open.push(tag.name);
				this.#insideTag = true;
				this.#attributes = 0;
			});
			this.#parser.on("attribute", () => {
				this.#attributes += 1;
				if (this.#attributes > MAX_ATTRIBUTES) this.fail(`an element has more than ${MAX_ATTRIBUTES} attributes`);
			});
			this.#parser.on("opentag", (tag) => {
				this.#insideTag = false;
				const { attributes } = tag;
				for (const name in attributes) attributes[name] = attributes[name]?.slice(0, MAX_ATTRIBUTE) ?? "";
				handler.open(tag.name, attributes);
			});
			this.#parser.on("closetag", (tag) => {
				this.#open.pop();
				handler.close(tag.name);
			});
			this.#parser.on("text", (text) => handler.text(text));
			this.#parser.on("cdata", (text) => handler.text(text));
		}
		write(text) {
			this.#parser.write(text);
			this.#bound();
		}
		end() {
			if (this.#buffers.entity !== "") this.fail(STRAY_AMPERSAND);
			const open = this.#open.at(-1);
			if (open !== void 0) this.fail(`the file ends inside <${open}>`);
			this.#parser.close();
		}
		/** Line and column that are being read. */
		get position() {
			return [this.#parser.line, Math.max(1, this.#parser.column)];
		}
		/** Stops reading at the present place. */
		fail(message) {
			throw new ReportBreak(message, ...this.position);
		}
		get #buffers() {
			return this.#parser;
		}
		#bound() {
			const buffers = this.#buffers;
			if (buffers.name.length > MAX_NAME) this.fail(`a name is longer than ${MAX_NAME} characters`);
			if (buffers.entity.length > MAX_NAME) this.fail(STRAY_AMPERSAND);
			if (buffers.text.length <= MAX_BUFFERED) return;
			if (this.#insideTag) buffers.text = buffers.text.slice(0, MAX_ATTRIBUTE);
			else {
				this.#handler.text(buffers.text);
				buffers.text = "";
			}
		}
	};
}));
var ROOTS, OTHERS, XmlParser;
var init_xml_report = __esmMin((() => {
	init_junit();
	init_trx();
	init_xml_stream();
	ROOTS = /* @__PURE__ */ new Map([
		["testsuites", "junit"],
		["testsuite", "junit"],
		["TestRun", "trx"]
	]);
	OTHERS = /* @__PURE__ */ new Map([
		["assemblies", "xUnit.net's own format"],
		["assembly", "xUnit.net's own format"],
		["test-run", "NUnit's own format"],
		["test-results", "NUnit's own format"],
		["testng-results", "TestNG's own format"],
		["robot", "Robot Framework's own format"],
		["testExecutions", "Sonar's generic format"],
		["coverage", "a coverage report"],
		["checkstyle", "a Checkstyle report"],
		["html", "a web page"]
	]);
	XmlParser = class {
		#formats;
		#xml;
		#note;
		#content = null;
		/** @param formats which of the formats that are XML it may be */
		constructor(formats, note) {
			this.#note = note;
			this.#formats = new Set(formats);
			this.#xml = new XmlStream({
				open: (name, attributes) => {
					this.#content ??= this.#contentOf(name);
					this.#content.open(name, attributes);
				},
				text: (text) => this.#content?.text(text),
				close: (name) => this.#content?.close(name)
			});
		}
		write(text) {
			this.#xml.write(text);
		}
		end() {
			this.#xml.end();
			this.#content?.end?.();
		}
		take() {
			return this.#content?.take() ?? [];
		}
		rest() {
			return this.#content?.rest?.() ?? [];
		}
		dispose() {
			this.#content?.dispose?.();
		}
		#contentOf(root) {
			const format = ROOTS.get(root);
			if (format !== void 0 && this.#formats.has(format)) return format === "trx" ? new TrxReader(this.#note, () => this.#xml.position) : new JunitReader();
			const known = OTHERS.get(root);
			const roots = [...ROOTS].flatMap(([name, of]) => this.#formats.has(of) ? [`<${name}>`] : []);
			const is = known === void 0 ? "" : ` (${known})`;
			return this.#xml.fail(`not a test report that is read: its root is <${root.slice(0, 100)}>${is}, not ${roots.join(", ")}`);
		}
	};
}));
/**
* Reads a test report as it comes, in memory that does not grow with it, and yields its results. What it is, its content
* says, and not the name of the file, unless `format` does.
*
* Input that is no report, or is cut off, is no exception: what was complete before the break is yielded, and `onProblem`
* is told the place; so it is, up to twenty times, of what is wrong with a report that can be read on. An error of
* `chunks` itself is thrown on.
*/
async function* readReport(chunks, file, onProblem, format = "auto") {
	const problems = [];
	let notes = 0;
	const note = (line, column, message) => {
		notes += 1;
		if (notes <= MAX_NOTES) problems.push({
			file,
			line,
			column,
			message
		});
		else problems[MAX_NOTES] = {
			file,
			line,
			column,
			message: `and ${notes - MAX_NOTES} more like these, the last of them here`
		};
	};
	let parser = format === "auto" ? null : parserOf(format, note);
	let start = "";
	/** Looked at again when it is twice as long: chunks may be of one byte. */
	let looked = 0;
	try {
		try {
			for await (const text of reportText(chunks)) {
				if (parser === null) {
					start += text;
					if (start.length < looked) continue;
					looked = 2 * start.length;
					parser = detected(start, false, note);
					parser?.write(start);
				} else parser.write(text);
				yield* parser?.take() ?? [];
			}
			if (parser === null) {
				parser = detected(start, true, note);
				parser?.write(start);
			}
			parser?.end();
		} catch (error) {
			if (!(error instanceof ReportBreak)) throw error;
			problems.push({
				file,
				line: error.line,
				column: error.column,
				message: error.message
			});
		}
		yield* parser?.take() ?? [];
		yield* parser?.rest() ?? [];
	} finally {
		parser?.dispose();
	}
	for (const problem of problems) onProblem(problem);
}
/** The parser for what begins so; null where more of it is needed. */
function detected(start, isWhole, note) {
	const found = detectFormat(start, isWhole);
	if (found === null) return null;
	if ("looksLike" in found) throw new ReportBreak(`not a test report: ${found.looksLike}`, 1, 1);
	return parserOf(found.format, note);
}
function parserOf(format, note) {
	if (format === "ctrf") return new CtrfParser(note);
	if (format === "tap") return new TapParser(note);
	return new XmlParser(format === "xml" ? ["junit", "trx"] : [format], note);
}
var MAX_NOTES;
var init_read_report = __esmMin((() => {
	init_ctrf();
	init_detect_format();
	init_report_break();
	init_report_text();
	init_tap();
	init_xml_report();
	MAX_NOTES = 20;
}));
/** The files that patterns mean, each once, in the order of their names; `onUnmatched` is given each pattern that means none. */
async function filesOf(patterns, onUnmatched) {
	const found = /* @__PURE__ */ new Map();
	for (const pattern of patterns) {
		const files = await isFile(pattern) ? [pattern] : await matches(pattern);
		if (files.length === 0) onUnmatched(pattern);
		for (const file of files) found.set(resolve(file), file);
	}
	return [...found.values()].sort();
}
/** Node.js 20 has no `glob` of its own. */
async function matches(pattern) {
	return glob(process.platform === "win32" ? pattern.replaceAll("\\", "/") : pattern, {
		expandDirectories: false,
		onlyFiles: true
	});
}
async function isFile(path) {
	return stat(path).then((found) => found.isFile(), () => false);
}
/**
* The results in a file as they come; `onChunk` sees all of its bytes, also those after a break. What the file is, its content
* says, unless `format` does.
*/
async function* resultsOf(file, format, onProblem, onChunk = () => {}) {
	const stream = createReadStream(file);
	const chunks = stream[Symbol.asyncIterator]();
	const next = async () => {
		const step = await chunks.next();
		if (step.done !== true) onChunk(step.value);
		return step;
	};
	try {
		yield* readReport({ [Symbol.asyncIterator]: () => ({ next }) }, file, onProblem, format);
		while ((await next()).done !== true);
	} finally {
		stream.destroy();
	}
}
var init_report_files = __esmMin((() => {
	init_dist();
	init_read_report();
}));
/**
* A result as the mutation `reportTestRun` takes it; outcomes are an enumeration.
*
* @param executionId which execution of its test it is, within the run and shard.
*/
function resultInput({ attempts, outcome, ...result }, executionId) {
	return {
		...result,
		executionId,
		outcome: outcome.toUpperCase(),
		attempts: attempts.map((attempt) => ({
			outcome: attempt.outcome.toUpperCase(),
			durationMs: attempt.durationMs
		}))
	};
}
var init_result_input = __esmMin((() => {}));
/**
* The results of a report that was surveyed, in batches that are the same each time. Of a long one the next batch is read while
* one is used, and no more than that.
*/
async function* batchesOf(survey) {
	if (survey.batches !== null) yield* survey.batches;
	else yield* oneAhead(readAgain(survey));
}
async function* readAgain({ files, format, results }) {
	const batches = new Batches(results);
	for (const file of files) for await (const result of resultsOf(file, format, () => {})) {
		const batch = batches.add(result);
		if (batch !== null) yield batch;
	}
	const last = batches.end();
	if (last !== null) yield last;
}
var BATCH_RESULTS, BATCH_BYTES, Batches, END;
var init_batches = __esmMin((() => {
	init_execution_numbers();
	init_one_ahead();
	init_report_files();
	init_result_input();
	BATCH_RESULTS = 2e3;
	BATCH_BYTES = 4e6;
	Batches = class {
		#executions;
		#parts = [];
		#bytes = 0;
		/** @param results how many will be added at most. */
		constructor(results) {
			this.#executions = new ExecutionNumbers(results);
		}
		/** Adds a result; gives the batch that it fills, else null. */
		add(result) {
			const json = JSON.stringify(resultInput(result, this.#executions.next(result)));
			const part = Buffer.from(`${this.#parts.length === 0 ? "[" : ","}${json}`);
			this.#parts.push(part);
			this.#bytes += part.length;
			return this.#parts.length >= BATCH_RESULTS || this.#bytes >= BATCH_BYTES ? this.#taken() : null;
		}
		/** The last batch, once there are no more results; null where nothing is left for it. */
		end() {
			return this.#parts.length > 0 ? this.#taken() : null;
		}
		#taken() {
			const batch = Buffer.concat([...this.#parts, END]);
			this.#parts = [];
			this.#bytes = 0;
			return batch;
		}
	};
	END = Buffer.from("]");
}));
/**
* Sends one report, once.
*
* @param patienceMs how long it may take.
* @throws SendError with the server's sentence, or with why it could not be reached.
*/
async function sendReport(destination, token, report, patienceMs) {
	const read = (data) => data.reportTestRun?.receipt;
	return sendMutation(destination, token, bodyOf(report), read, patienceMs);
}
/** The request, into which the results are put as they are. */
function bodyOf({ results, ...run }) {
	const input = JSON.stringify(run).slice(0, -1);
	return Buffer.concat([
		Buffer.from(`{"query":${JSON.stringify(MUTATION)},"variables":{"input":${input},"results":`),
		results,
		Buffer.from("}}}")
	]);
}
var MUTATION;
var init_send_report = __esmMin((() => {
	init_send_mutation();
	MUTATION = `mutation ReportTestRun($input: ReportTestRunInput!) {
  reportTestRun(input: $input) {
    receipt {
      reportId replayed results alreadyStored passed failed errored skipped newTests newDefects knownDefects regressedDefects
      mutedDefects flakyTests verdict isInfrastructureFailure
      defects { id title severity state isMuted occurrences test }
      flaky { id name suite score }
    }
  }
}`;
}));
/**
* Sends what was kept earlier and then a report's batches, in order. Once the server cannot be asked, or takes the
* credential for nothing, the rest is kept, where there is a place for it, and not tried.
*
* @param report all of it but the batches; `reportId` gets the batch's number.
*/
async function deliver(report, batches, settings) {
	const { server, spool, onProblem, onReceipt } = settings;
	const sender = new Sender(settings);
	const caughtUp = spool === null ? 0 : await catchUp(spool, sender, settings);
	let count = 0;
	let kept = 0;
	for await (const results of batches) {
		count += 1;
		const batch = {
			...report,
			reportId: `${report.reportId}-${count}`,
			results
		};
		const answer = await sender.send(batch);
		if (!(answer instanceof SendError)) {
			onReceipt(answer);
			continue;
		}
		const further = count - 1 - kept > 0 ? " further" : "";
		if (spool === null || NEVER_TAKEN.has(answer.code)) {
			onProblem(`The report was not sent${further}: ${answer.message}`);
			break;
		}
		sender.stop(answer);
		try {
			await spool.keep(server.origin, batch);
		} catch (error) {
			if (kept === 0) onProblem(`The report was not sent${further}: ${answer.message}`);
			onProblem(`The rest of it is not kept: ${error.message}`);
			break;
		}
		if (kept === 0) onProblem(`The report was not sent${further}: ${answer.message} It is kept, and sent next time.`);
		kept += 1;
	}
	return {
		kept,
		caughtUp
	};
}
/** Sends what was kept; gives how many reports were stored. */
async function catchUp(spool, sender, { server, onProblem, onProgress }) {
	let sent = 0;
	try {
		for await (const kept of spool.claim(server.origin, onProblem)) {
			const answer = await sender.send(kept.report);
			if (!(answer instanceof SendError)) {
				await kept.remove();
				sent += 1;
			} else if (NEVER_TAKEN.has(answer.code)) onProblem(`A report that was kept is refused, and was moved to ${await kept.setAside()}: ${answer.message}`);
			else {
				await kept.release();
				if (sender.hasStopped) break;
				onProblem(`A report that was kept is not taken, and is kept on: ${answer.message}`);
			}
		}
	} catch (error) {
		onProblem(`What was kept cannot be read: ${error.message}`);
	}
	if (sent > 0) onProgress(`${sent} of what was kept earlier ${sent === 1 ? "is" : "are"} sent.`);
	return sent;
}
var NEVER_TAKEN, OF_ONE_REPORT, Sender;
var init_deliver = __esmMin((() => {
	init_retry();
	init_send_mutation();
	init_send_report();
	NEVER_TAKEN = /* @__PURE__ */ new Set(["BAD_USER_INPUT", "CONFLICT"]);
	OF_ONE_REPORT = /* @__PURE__ */ new Set([
		"BAD_USER_INPUT",
		"CONFLICT",
		"FORBIDDEN",
		"NOT_FOUND"
	]);
	Sender = class {
		#settings;
		#credential = null;
		#failure = null;
		constructor(settings) {
			this.#settings = settings;
		}
		get hasStopped() {
			return this.#failure !== null;
		}
		stop(failure) {
			this.#failure ??= failure;
		}
		async send(report) {
			if (this.#failure !== null) return this.#failure;
			const { deadline, credential, onProgress } = this.#settings;
			try {
				this.#credential ??= credential();
				const found = this.#credential;
				const onWait = (error, waitMs) => onProgress(`${error.message} Trying again in ${Math.max(1, Math.round(waitMs / 1e3))} s …`);
				return await withRetries(async (patienceMs) => sendReport(this.#settings, await found.token(), report, patienceMs), {
					deadline,
					onWait
				});
			} catch (error) {
				const failure = error instanceof SendError ? error : new SendError("NO_CREDENTIAL", error.message, false);
				if (!OF_ONE_REPORT.has(failure.code)) this.#failure = failure;
				return failure;
			}
		}
	};
}));
/** A defect that is muted meets none. */
function isMet(condition, { defects }) {
	const heard = defects.filter(({ isMuted }) => !isMuted);
	if (condition === "new") return heard.some(({ state }) => state === "NEW");
	if (condition === "regressed") return heard.some(({ state }) => state === "REGRESSED");
	if (condition === "any") return heard.length > 0;
	const least = SEVERITIES.indexOf(condition.slice(9));
	return heard.some(({ severity }) => SEVERITIES.indexOf(severity.toLowerCase()) >= least);
}
var SUMMED, COUNTED, VERDICTS, STATES, MAX_LISTED, Outcome;
var init_outcome = __esmMin((() => {
	SUMMED = [
		"results",
		"passed",
		"failed",
		"errored",
		"skipped",
		"alreadyStored",
		"newTests"
	];
	COUNTED = {
		NEW: "newDefects",
		KNOWN: "knownDefects",
		REGRESSED: "regressedDefects"
	};
	VERDICTS = [
		"CLEAN",
		"FLAKY",
		"KNOWN",
		"NEW",
		"INFRASTRUCTURE"
	];
	STATES = [
		"NEW",
		"REGRESSED",
		"KNOWN"
	];
	MAX_LISTED = 2e3;
	Outcome = class {
		counts = Object.fromEntries([
			...SUMMED,
			...Object.values(COUNTED),
			"mutedDefects",
			"batches",
			"replayedBatches"
		].map((name) => [name, 0]));
		#failOn;
		#seen = /* @__PURE__ */ new Set();
		#defects = /* @__PURE__ */ new Map();
		#flaky = /* @__PURE__ */ new Map();
		#flakyTests = 0;
		#verdict = "CLEAN";
		#infrastructure = false;
		#failing = /* @__PURE__ */ new Set();
		constructor(failOn) {
			this.#failOn = failOn;
		}
		add(receipt) {
			this.counts.batches += 1;
			if (receipt.replayed) this.counts.replayedBatches += 1;
			for (const count of SUMMED) this.counts[count] += receipt[count];
			if (VERDICTS.indexOf(receipt.verdict) > VERDICTS.indexOf(this.#verdict)) this.#verdict = receipt.verdict;
			this.#infrastructure ||= receipt.isInfrastructureFailure;
			for (const condition of this.#failOn) if (isMet(condition, receipt)) this.#failing.add(condition);
			for (const defect of receipt.defects) this.#list(defect);
			this.#flakyTests = Math.max(this.#flakyTests, receipt.flakyTests);
			for (const test of receipt.flaky) if (this.#flaky.size < MAX_LISTED) this.#flaky.set(test.id, test);
		}
		/** A defect that several batches have is as new as the first of them says. */
		#list(defect) {
			if (!this.#seen.has(defect.id)) {
				this.#seen.add(defect.id);
				this.counts[COUNTED[defect.state]] += 1;
				if (defect.isMuted) this.counts.mutedDefects += 1;
			}
			const listed = this.#defects.get(defect.id);
			if (listed !== void 0) this.#defects.set(defect.id, {
				...listed,
				occurrences: listed.occurrences + defect.occurrences
			});
			else if (this.#defects.size < (defect.state === "KNOWN" ? MAX_LISTED / 2 : MAX_LISTED)) this.#defects.set(defect.id, defect);
		}
		/** New ones first, then regressed ones, then known ones; of each the worst first; muted ones last. */
		get defects() {
			const rank = ({ isMuted, state, severity }) => (isMuted ? 100 : 0) + 10 * STATES.indexOf(state) - SEVERITIES.indexOf(severity.toLowerCase());
			return [...this.#defects.values()].sort((a, b) => rank(a) - rank(b));
		}
		/** The flakiest first. */
		get flaky() {
			return [...this.#flaky.values()].sort((a, b) => b.score - a.score);
		}
		get flakyTests() {
			return Math.max(this.#flakyTests, this.#flaky.size);
		}
		get verdict() {
			return this.#infrastructure ? "INFRASTRUCTURE" : this.#verdict;
		}
		get isInfrastructureFailure() {
			return this.#infrastructure;
		}
		/** The conditions that are met; none where the machine, and not the code, has failed. */
		get failing() {
			return this.#infrastructure ? [] : [...this.#failing];
		}
	};
}));
/**
* What a report is called: the SHA-256, in hexadecimal, of all that is sent with it and of its files' content, so that
* the same report again is the same to the server and any other is another. A run that nobody names is called after its
* content.
*/
function reportIdOf(report, digest) {
	const reportId = createHash("sha256").update(JSON.stringify(Object.entries(report).sort(([a], [b]) => a < b ? -1 : 1))).update(digest).digest("hex");
	return {
		reportId,
		runKey: report.runKey ?? `local-${reportId.slice(0, 16)}`
	};
}
var init_report_id = __esmMin((() => {}));
/**
* Keeps V8 from enlarging the space for new objects (`--semi-space-growth-factor`): it grows to some 100 MB where texts are
* read and thrown away by the thousand, as in a large report, though hardly any of it is in use. What CI has to spare is
* rather for the tests.
*/
function keepHeapSmall() {
	setFlagsFromString("--semi-space-growth-factor=1");
}
var init_small_heap = __esmMin((() => {}));
/** The results go in as they are: they are JSON. */
function textOf(server, { results, ...run }) {
	const head = JSON.stringify({
		version: VERSION,
		server,
		run
	}).slice(0, -1);
	return Buffer.concat([
		Buffer.from(`${head},"results":`),
		results,
		Buffer.from("}\n")
	]);
}
function parse(text) {
	try {
		const kept = JSON.parse(text);
		const { server, results, version } = kept ?? {};
		const run = kept?.run;
		return version === VERSION && typeof server === "string" && typeof run?.reportId === "string" && typeof run.project === "string" && typeof run.runKey === "string" && Array.isArray(results) ? {
			server,
			report: {
				...run,
				results: Buffer.from(JSON.stringify(results))
			}
		} : null;
	} catch {
		return null;
	}
}
function hostTag() {
	return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}
function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}
async function modified(path) {
	return stat(path).then(({ mtimeMs }) => mtimeMs, () => Date.now());
}
function ignoreMissing(error) {
	if (error.code !== "ENOENT") throw error;
}
var MAX_BYTES, CLAIM_HOURS, VERSION, ENTRY, CLAIM, UNFINISHED, SpoolFullError, Spool;
var init_spool = __esmMin((() => {
	MAX_BYTES = 256e6;
	CLAIM_HOURS = 2;
	VERSION = 1;
	ENTRY = /^\d{15}-[0-9a-f]{8}-\d{6}\.json$/;
	CLAIM = /^(\d{15}-[0-9a-f]{8}-\d{6}\.json)\.([0-9a-f]{8})-(\d+)\.claim$/;
	UNFINISHED = /\.json\.tmp$/;
	SpoolFullError = class extends Error {
		name = "SpoolFullError";
	};
	Spool = class {
		#directory;
		#maxBytes;
		#mark = `${String(Date.now()).padStart(15, "0")}-${randomBytes(4).toString("hex")}`;
		#claimed = /* @__PURE__ */ new Set();
		#count = 0;
		constructor(directory, maxBytes = MAX_BYTES) {
			this.#directory = directory;
			this.#maxBytes = maxBytes;
		}
		/**
		* Keeps a report for a server.
		*
		* @throws SpoolFullError where the directory would become too large; the file system's error where it cannot be written.
		*/
		async keep(server, report) {
			await mkdir(this.#directory, {
				recursive: true,
				mode: 448
			});
			const text = textOf(server, report);
			if (await this.#size() + text.length > this.#maxBytes) throw new SpoolFullError(`The spool ${this.#directory} is full (${Math.round(this.#maxBytes / 1e6)} MB).`);
			const name = `${this.#mark}-${String(this.#count).padStart(6, "0")}.json`;
			this.#count += 1;
			const unfinished = join(this.#directory, `${name}.tmp`);
			const file = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 384);
			try {
				await file.writeFile(text);
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(unfinished, join(this.#directory, name));
		}
		/**
		* Claims one report after the other, the oldest first: those that were kept for a server and that no other agent has.
		*
		* @param onProblem given a sentence for each file that cannot be read, which is moved aside.
		*/
		async *claim(server, onProblem) {
			await this.#recover();
			for (const name of (await this.#names()).filter((entry) => ENTRY.test(entry)).sort()) {
				const path = join(this.#directory, name);
				const claim = `${path}.${hostTag()}-${process.pid}.claim`;
				try {
					await utimes(path, /* @__PURE__ */ new Date(), /* @__PURE__ */ new Date());
					await rename(path, claim);
				} catch (error) {
					if (error.code === "ENOENT") continue;
					throw error;
				}
				this.#claimed.add(claim);
				const release = () => this.#end(claim, path);
				const kept = parse(await readFile(claim, "utf8"));
				if (kept === null) {
					await this.#end(claim, `${path}.broken`);
					onProblem(`${path} is no report that was kept: it was moved to ${name}.broken.`);
				} else if (kept.server !== server) await release();
				else yield {
					report: kept.report,
					release,
					remove: async () => {
						await rm(claim);
						this.#claimed.delete(claim);
					},
					setAside: async () => {
						await this.#end(claim, `${path}.refused`);
						return `${name}.refused`;
					}
				};
			}
		}
		async #end(claim, path) {
			await rename(claim, path);
			this.#claimed.delete(claim);
		}
		/** Gives back what agents that died had claimed, and clears away what they had not finished writing. */
		async #recover() {
			for (const name of await this.#names()) {
				const path = join(this.#directory, name);
				const [, entry, host, pid] = CLAIM.exec(name) ?? [];
				if (entry === void 0 && !UNFINISHED.test(name)) continue;
				const isOld = Date.now() - await modified(path) > CLAIM_HOURS * 36e5;
				const isDead = host === hostTag() && !this.#claimed.has(path) && (Number(pid) === process.pid || !isAlive(Number(pid)));
				if (entry !== void 0 && (isOld || isDead)) await rename(path, join(this.#directory, entry)).catch(ignoreMissing);
				else if (entry === void 0 && isOld) await rm(path).catch(ignoreMissing);
			}
		}
		async #names() {
			try {
				await access(this.#directory);
			} catch {
				return [];
			}
			return readdir(this.#directory);
		}
		async #size() {
			const sizes = (await this.#names()).map(async (name) => stat(join(this.#directory, name)).then(({ size }) => size, () => 0));
			return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
		}
	};
}));
/**
* What became of a report, in GitHub's Markdown, of at most `limit` bytes (4,096 or more): rows that have no room are counted. Nothing of
* a report is taken for markup.
*/
function summaryMarkdown({ project, run, outcome }, limit = SUMMARY_LIMIT) {
	const { counts, defects, flaky, flakyTests } = outcome;
	const link = run.runUrl === null ? "" : ` · [run](${run.runUrl.replace(/[<>()\s\\]/g, encodeURIComponent)})`;
	const head = [
		`### DefectXray: ${escaped(project)}, ${headline(outcome)}`,
		"",
		`${many(counts.results, "result")}: ${counts.passed} passed, ${counts.failed} failed, ${counts.errored} errored, ${counts.skipped} skipped${link}`,
		"",
		"| new | known | regressed | muted | flaky |",
		"|---|---|---|---|---|",
		`| ${counts.newDefects} | ${counts.knownDefects} | ${counts.regressedDefects} | ${counts.mutedDefects} | ${flakyTests} |`,
		""
	].join("\n");
	const defectRows = defects.map(({ id, title, severity, state, isMuted, occurrences, test }) => `| ${isMuted ? "muted" : state.toLowerCase()} | ${severity.toLowerCase()} | ${escaped(title)} | ${escaped(test ?? "")} | ${occurrences} | ${escaped(id)} |`);
	const flakyRows = flaky.map(({ name, suite, score }) => `| ${escaped(name)} | ${escaped(suite)} | ${score.toFixed(2)} |`);
	let text = `${head}\n`;
	text += table("| defect | severity | title | test | times | id |\n|---|---|---|---|---|---|", defectRows, limit - Buffer.byteLength(text));
	text += table("| flaky test | suite | score |\n|---|---|---|", flakyRows, limit - Buffer.byteLength(text));
	return text;
}
/** Appends the summary to the file that GitHub shows, within the limit of all that the step has written. */
function appendSummary(path, sent) {
	const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	const room = SUMMARY_LIMIT - written - 1;
	if (room >= LEAST_ROOM) appendFileSync(path, `${summaryMarkdown(sent, room)}\n`);
}
function headline(outcome) {
	const { newDefects, regressedDefects, knownDefects } = outcome.counts;
	if (outcome.isInfrastructureFailure) return "a failure of the machine";
	if (newDefects + regressedDefects > 0) return [newDefects > 0 ? many(newDefects, "new defect") : null, regressedDefects > 0 ? `${regressedDefects} regressed` : null].filter((part) => part !== null).join(", ");
	return knownDefects > 0 ? many(knownDefects, "known defect") : outcome.flakyTests > 0 ? many(outcome.flakyTests, "flaky test") : "no defects";
}
/** As many rows as there is room for, and how many there are more; nothing where there is none. */
function table(head, rows, limit) {
	const REST = 100;
	let text = `${head}\n`;
	let shown = 0;
	for (const row of rows.slice(0, ROWS)) {
		if (Buffer.byteLength(text) + Buffer.byteLength(row) + REST > limit) break;
		text += `${row}\n`;
		shown += 1;
	}
	if (shown === 0) return "";
	return `${text}${shown < rows.length ? `\n… and ${rows.length - shown} more\n` : ""}\n`;
}
/** Text that Markdown, and HTML within it, show as it is, on one line and in one cell. */
function escaped(text) {
	return printable(shortened(text, CELL)).replace(/[&<>]/g, (character) => ({
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;"
	})[character]).replace(/[\\`*_{}[\]()#+!|~$@:.-]/g, (character) => `&#${character.charCodeAt(0)};`);
}
var SUMMARY_LIMIT, LEAST_ROOM, ROWS, CELL;
var init_summary_markdown = __esmMin((() => {
	init_printable();
	SUMMARY_LIMIT = 1048576;
	LEAST_ROOM = 4096;
	ROWS = 200;
	CELL = 300;
}));
/** What became of a report, for a person at a terminal or in a log. */
function summaryText({ project, files, run, runKey, outcome }) {
	const { counts, defects, flaky, flakyTests } = outcome;
	const again = counts.batches > 0 && counts.replayedBatches === counts.batches ? " (reported before: nothing has changed)" : "";
	const muted = counts.mutedDefects > 0 ? ` (${counts.mutedDefects} muted)` : "";
	return [
		`${many(counts.results, "result")} of ${many(files, "file")} reported for ${printable(project)}${again}.`,
		`  run      ${printable([runKey, run.shard].filter((part) => part !== null).join(", "))}${placeOf(run)}`,
		`  tests    ${counts.passed} passed, ${counts.failed} failed, ${counts.errored} errored, ${counts.skipped} skipped; ${counts.newTests} never seen before`,
		`  defects  ${counts.newDefects} new, ${counts.knownDefects} known, ${counts.regressedDefects} regressed${muted}`,
		...flakyTests > 0 ? [`  flaky    ${many(flakyTests, "test")}`] : [],
		...outcome.isInfrastructureFailure ? ["  Nearly everything failed: taken for a failure of the machine, no defect was opened."] : [],
		...listed(defects.map(defectLine)),
		...listed(flaky.map(({ name, suite, score }) => `  flaky      ${score.toFixed(2)}      ${printable(shortened(`${suite} › ${name}`, TITLE))}`)),
		...run.runUrl === null ? [] : [`  ${printable(run.runUrl)}`]
	].join("\n");
}
function placeOf({ branch, commitSha }) {
	const place = [branch, commitSha?.slice(0, 12)].filter((part) => part != null).join(" at ");
	return place === "" ? "" : `: ${printable(place)}`;
}
function defectLine({ id, title, severity, state, isMuted, occurrences, test }) {
	const what = printable(shortened(title, TITLE));
	const where = test === null ? "" : ` in ${printable(shortened(test, TITLE))}`;
	const times = occurrences === 1 ? "" : `, ${occurrences} times`;
	return `  ${(isMuted ? "muted" : state.toLowerCase()).padEnd(9)}  ${severity.toLowerCase().padEnd(8)}  ${what}${where}${times}  ${id}`;
}
function listed(lines) {
	if (lines.length <= LISTED) return [...lines];
	return [...lines.slice(0, LISTED), `  … and ${lines.length - LISTED} more`];
}
var LISTED, TITLE;
var init_summary_text = __esmMin((() => {
	init_printable();
	LISTED = 30;
	TITLE = 120;
}));
/** Reads all files once; `onProblem` is given a sentence for each that breaks or cannot be read. */
async function surveyOf(files, format, onProblem) {
	const whole = createHash("sha256");
	const outcomes = {
		passed: 0,
		failed: 0,
		errored: 0,
		skipped: 0
	};
	const times = new Times();
	const readable = [];
	let held = new HeldReport();
	for (const file of files) {
		const content = createHash("sha256");
		const told = ({ line, column, message }) => onProblem(`${file}:${line}:${column}: ${message}`);
		try {
			for await (const result of resultsOf(file, format, told, (chunk) => content.update(chunk))) {
				outcomes[result.outcome] += 1;
				times.add(result);
				if (held?.add(result) === false) held = null;
			}
		} catch (error) {
			held = null;
			onProblem(`${file}: it cannot be read (${error.message}).`);
			continue;
		}
		readable.push(file);
		whole.update(content.digest());
	}
	const broken = outcomes.failed + outcomes.errored;
	const ran = broken + outcomes.passed;
	return {
		files: readable,
		format,
		digest: whole.digest("hex"),
		results: ran + outcomes.skipped,
		outcomes,
		startedAt: times.startedAt,
		durationMs: times.durationMs,
		isInfrastructureFailure: ran >= INFRASTRUCTURE_LEAST_RESULTS && broken > INFRASTRUCTURE_SHARE * ran,
		batches: held?.batches ?? null
	};
}
var MAX_DURATION_MS, INFRASTRUCTURE_LEAST_RESULTS, INFRASTRUCTURE_SHARE, HELD_RESULTS, HELD_BYTES, HeldReport, Times;
var init_survey = __esmMin((() => {
	init_batches();
	init_report_files();
	MAX_DURATION_MS = 2147483647;
	INFRASTRUCTURE_LEAST_RESULTS = 10;
	INFRASTRUCTURE_SHARE = .8;
	HELD_RESULTS = 1e4;
	HELD_BYTES = 8e6;
	HeldReport = class {
		#batches = new Batches(HELD_RESULTS);
		#filled = [];
		#results = 0;
		#bytes = 0;
		/** Whether there was room for it; where there was not, the whole is of no more use. */
		add(result) {
			if (this.#results === HELD_RESULTS || this.#bytes > HELD_BYTES) return false;
			this.#results += 1;
			this.#fill(this.#batches.add(result));
			return true;
		}
		/** To be asked for once, at the end. */
		get batches() {
			this.#fill(this.#batches.end());
			return this.#filled;
		}
		#fill(batch) {
			if (batch === null) return;
			this.#bytes += batch.length;
			this.#filled.push(batch);
		}
	};
	Times = class {
		#first = Number.POSITIVE_INFINITY;
		#last = Number.NEGATIVE_INFINITY;
		#sum = null;
		add({ startedAt, durationMs }) {
			if (durationMs !== null) this.#sum = (this.#sum ?? 0) + durationMs;
			if (startedAt === null) return;
			const began = Date.parse(startedAt);
			this.#first = Math.min(this.#first, began);
			this.#last = Math.max(this.#last, began + (durationMs ?? 0));
		}
		get startedAt() {
			return Number.isFinite(this.#first) ? new Date(this.#first).toISOString() : null;
		}
		get durationMs() {
			const duration = this.#last > this.#first ? this.#last - this.#first : this.#sum;
			return duration === null || duration > MAX_DURATION_MS ? null : duration;
		}
	};
}));
var report_exports = /* @__PURE__ */ __exportAll({ report: () => report$1 });
/**
* Reads test reports and sends them in batches, each of which is stored whole or not at all; what was stored before is
* not stored again. What is wrong with a file or with the sending is said and, so that reporting never breaks a build by
* itself, does not fail the command unless it is strict.
*
* @throws CommandError with exit code 1 where what was found is what --fail-on names, with 2 where it is strict and
* something was wrong.
*/
async function report$1(output, patterns, options) {
	keepHeapSmall();
	const problems = [];
	const onProblem = (sentence) => void problems.push(printable(sentence));
	const files = await filesOf(patterns, (pattern) => onProblem(`No file matches ${pattern}.`));
	const [survey, run] = await Promise.all([surveyOf(files, options.format, onProblem), describeRun(options, process.env, process.cwd())]);
	const outcome = new Outcome(options.failOn ?? []);
	const { runKey, delivery } = await send(survey, run, outcome, {
		options,
		output,
		onProblem
	});
	for (const problem of problems) output.progress(problem);
	if (outcome.counts.batches === 0) output.result(delivery?.kept ? "Nothing was reported yet." : "Nothing was reported.", {
		...delivery,
		problems
	});
	else {
		const sent = {
			project: options.project,
			files: survey.files.length,
			run,
			runKey,
			outcome
		};
		output.result(summaryText(sent), {
			...documentOf(sent),
			...delivery,
			problems
		});
		summarize(sent, output);
	}
	const failing = outcome.failing;
	if (failing.length > 0) throw new CommandError(`The report has what --fail-on asks for: ${failing.join(", ")}.`, 1);
	if (options.strict === true && problems.length > 0) throw new CommandError(`${many(problems.length, "problem")}, and --strict asks for none.`, 2);
}
async function send(survey, run, outcome, { options, output, onProblem }) {
	const { startedAt, durationMs } = survey;
	const report = {
		...run,
		project: options.project,
		startedAt,
		durationMs,
		isInfrastructureFailure: survey.isInfrastructureFailure && options.openDefects !== true
	};
	const { reportId, runKey } = reportIdOf(report, survey.digest);
	if (survey.results === 0 && options.spool === void 0) return {
		runKey,
		delivery: null
	};
	try {
		const connection = connectionOf(options, onProblem);
		const progress = progressBar(output, "Results sent");
		return {
			runKey,
			delivery: await deliver({
				...report,
				reportId,
				runKey
			}, batchesOf(survey), {
				...connection,
				spool: options.spool === void 0 ? null : new Spool(options.spool),
				onProblem,
				onProgress: (sentence) => output.progress(printable(sentence)),
				onReceipt(receipt) {
					outcome.add(receipt);
					progress(outcome.counts.results, survey.results);
				}
			})
		};
	} catch (error) {
		onProblem(`The report was not sent${outcome.counts.batches > 0 ? " further" : ""}: ${error.message}`);
		return {
			runKey,
			delivery: null
		};
	}
}
function documentOf({ project, files, run, runKey, outcome }) {
	const { counts, verdict, isInfrastructureFailure, flakyTests, defects, flaky } = outcome;
	return {
		project,
		files,
		...counts,
		verdict,
		isInfrastructureFailure,
		flakyTests,
		defects,
		flaky,
		run: {
			...run,
			runKey
		}
	};
}
/** The page that GitHub shows of a job. That it cannot be written is no fault of the tests. */
function summarize(sent, output) {
	const path = process.env.GITHUB_STEP_SUMMARY;
	if (!path) return;
	try {
		appendSummary(path, sent);
	} catch (error) {
		output.progress(`The step's summary cannot be written (${error.message}).`);
	}
}
var init_report = __esmMin((() => {
	init_batches();
	init_deliver();
	init_detect_run();
	init_outcome();
	init_printable();
	init_report_files();
	init_report_id();
	init_small_heap();
	init_spool();
	init_summary_markdown();
	init_summary_text();
	init_survey();
	init_connection_of();
	init_output();
}));
init_receipt();
/** Describes `report` on a command: `defectxray report`, or the agent that is a file of its own. */
function describeReport(command, output) {
	return describeServer(command.description("send test reports (JUnit XML, CTRF, TRX, TAP) to the server").argument("<files...>", "files or glob patterns, such as results/**/*.xml").requiredOption("--project <slug>", "the project that was tested").addOption(new Option("--format <name>", "what the files are; their content says it").choices(["auto", ...REPORT_FORMATS]).default("auto"))).option("--run-key <key>", "what CI calls the run; as the CI says, else made from the content").option("--shard <name>", "which part of the run this is, where it is split; as the CI says").option("--commit <sha>", "the commit that was tested; as the CI says, else Git").option("--branch <name>", "the branch that it was on; as the CI says, else Git").option("--run-url <url>", "where CI shows the run; as the CI says").option("--ci-provider <name>", "the CI system; as it says itself").addOption(new Option("--environment <name=value>", "what the run has of its own; repeatable").argParser(environment)).addOption(new Option("--fail-on <condition>", "exit with 1 for: new, regressed, severity=<level>, any; repeatable").argParser(failOn)).option("--open-defects", "open defects even where over 80 % fails, which is else taken for a failure of the machine").addOption(new Option("--spool <directory>", "where what cannot be sent is kept, to be sent next time").env("DEFECTXRAY_SPOOL")).option("--strict", "exit with 2 where a file or the sending has a problem").action(async (files, options) => (await Promise.resolve().then(() => (init_report(), report_exports))).report(output, files, options));
}
function environment(value, earlier = {}) {
	const [, name, text] = /^([^=]{1,100})=(.{0,1000})$/s.exec(value) ?? [];
	if (name === void 0) throw new InvalidArgumentError("It must be a name and a value, such as browser=firefox.");
	return {
		...earlier,
		[name]: text ?? ""
	};
}
function failOn(value, earlier = []) {
	const known = [
		"new",
		"regressed",
		"any",
		...SEVERITIES.map((severity) => `severity=${severity}`)
	];
	if (!known.includes(value)) throw new InvalidArgumentError(`It must be one of ${known.join(", ")}.`);
	return [...earlier, value];
}
init_version();
init_output();
/** The CI agent as a program of its own: what `npm run build:agent` makes one file of. */
const json = process.argv.includes("--json");
const output = createOutput(json);
const program = new Command("defectxray-report").version(VERSION$1).option("--json", "print the result as one JSON document, and a failure as one on standard error").configureOutput({ outputError: (text) => output.failure(text.replace(/^error: /, "").trim()) }).showHelpAfterError(!json);
const report = describeReport(program.command("report"), output);
describeDeploy(program.command("deploy"), output);
program.addHelpText("after", () => `\n${report.helpInformation()}`);
try {
	await program.parseAsync(withCommand(process.argv.slice(2)), { from: "user" });
} catch (error) {
	output.failure(error.message);
	process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
/**
* Without the name of a command it reports: files and options of `report` are all that most jobs give it. Only what comes
* first can be the name of one, so that no file is taken for it.
*/
function withCommand(args) {
	const first = args.find((argument) => argument !== "--json");
	return first !== void 0 && [
		"report",
		"deploy",
		"help",
		"-h",
		"--help",
		"-V",
		"--version"
	].includes(first) ? [...args] : ["report", ...args];
}
export {};

/*
This file holds parts of other works, under these licences.

commander 14.0.3 (MIT)

(The MIT License)

Copyright (c) 2011 TJ Holowaychuk <tj@vision-media.ca>

Permission is hereby granted, free of charge, to any person obtaining
a copy of this software and associated documentation files (the
'Software'), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be
included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED 'AS IS', WITHOUT WARRANTY OF ANY KIND,
EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT.
IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

fdir 6.5.0 (MIT)

Copyright 2023 Abdullah Atta

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

js-yaml 5.5.0 (MIT)

(The MIT License)

Copyright (C) 2011-2015 by Vitaly Puzrin

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.

picomatch 4.0.7 (MIT)

The MIT License (MIT)

Copyright (c) 2017-present, Jon Schlinkert.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.

saxes 6.0.0 (ISC)

The ISC License

Copyright (c) Contributors

Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR
IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

====

The following license is the one that governed sax, from which saxes
was forked. Isaac Schlueter is not *directly* involved with saxes so
don't go bugging him for saxes issues.

The ISC License

Copyright (c) Isaac Z. Schlueter and Contributors

Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR
IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

====

`String.fromCodePoint` by Mathias Bynens used according to terms of MIT
License, as follows:

    Copyright Mathias Bynens <https://mathiasbynens.be/>

    Permission is hereby granted, free of charge, to any person obtaining
    a copy of this software and associated documentation files (the
    "Software"), to deal in the Software without restriction, including
    without limitation the rights to use, copy, modify, merge, publish,
    distribute, sublicense, and/or sell copies of the Software, and to
    permit persons to whom the Software is furnished to do so, subject to
    the following conditions:

    The above copyright notice and this permission notice shall be
    included in all copies or substantial portions of the Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
    EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
    MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
    NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
    LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION
    OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
    WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

tinyglobby 0.2.17 (MIT)

MIT License

Copyright (c) 2024 Madeline Gurriarán

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.

xmlchars 2.2.0 (MIT)

Copyright Louis-Dominique Dubeau and contributors to xmlchars

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
*/
