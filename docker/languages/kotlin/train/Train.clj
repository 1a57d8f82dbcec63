(ns train
  (:require [clojure.string :as str]
            [clojure.set :as set])
  (:import (java.io BufferedReader)))

;; Uses what submitted programs usually use, so that the class-data archive holds it.
(defrecord Circle [radius])
(defprotocol Shape (area [this]))
(extend-protocol Shape
  Circle (area [{:keys [radius]}] (* Math/PI radius radius)))
(defmulti describe :kind)
(defmethod describe :default [item] (str "a " (:name item)))
(defmacro unless [condition & body] `(when-not ~condition ~@body))
(def fibonacci (lazy-cat [0 1] (map +' fibonacci (rest fibonacci))))
(def counter (atom {}))

(defn gcd [a b] (if (zero? b) a (recur b (mod a b))))

(let [numbers (map #(Integer/parseInt %) (re-seq #"\d+" (or (read-line) "3 1 2")))
      words (mapcat #(str/split % #"\s+") (line-seq (BufferedReader. *in*)))]
  (doseq [word words] (swap! counter update word (fnil inc 0)))
  (println (sort-by (juxt (comp - val) key) @counter) (sort > numbers) (frequencies words))
  (println (reduce + numbers) (apply max 0 numbers) (area (->Circle 1.5)) (describe {:name "thing"}))
  (println (str/join "," (take 20 fibonacci)) (gcd 12 18) (format "%.2f %5d" 3.14159 42))
  (println (->> (range 10) (filter odd?) (map #(* % %)) (partition 2) (into [])))
  (println (for [x (range 3) y (range x)] [x y]) (set/union #{1} #{2}) (assoc-in {} [:a :b] 1))
  (unless (empty? numbers) (loop [i 0] (when (< i 3) (print i "") (recur (inc i)))))
  (println (transduce (map inc) + [1 2]) (group-by even? numbers) (str/upper-case "x") (vec (sorted-map 1 2)))
  (binding [*out* *err*] (println "to the error stream"))
  (prn {:a [1 2.5 "x" \c nil true 1/2]} (slurp (char-array "abc")) @(future 1) (deref (delay 2)))
  (try (/ 1 0) (catch ArithmeticException error (println (.getMessage error))) (finally (print "")))
  (throw (ex-info "the end" {:code 1})))
