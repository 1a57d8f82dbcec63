(ns bank
  (:require [clojure.string :as str]))

(defn refuse [account balance]
  (throw (ex-info (str account " has only " balance) {:type ::refused})))

(defn change [accounts account amount]
  (let [balance (get accounts account 0)
        updated (+ balance amount)]
    (if (neg? updated)
      (refuse account balance)
      (assoc accounts account updated))))

(defmulti run (fn [_ [command]] (keyword command)))
(defmethod run :deposit [accounts [_ account amount]]
  (change accounts account (parse-long amount)))
(defmethod run :withdraw [accounts [_ account amount]]
  (change accounts account (- (parse-long amount))))
(defmethod run :transfer [accounts [_ from to amount]]
  (-> accounts
      (change from (- (parse-long amount)))
      (change to (parse-long amount))))

(defn step [accounts line]
  (try
    (run accounts (str/split line #" "))
    (catch clojure.lang.ExceptionInfo error
      (println "refused:" (ex-message error))
      accounts)))

(defn show [pairs]
  (str/join " " (for [[k v] pairs] (str k "=" v))))

(defn queens
  ([size] (queens size []))
  ([size columns]
   (if (= size (count columns))
     1
     (reduce + (for [column (range size)
                     :when (every? (fn [[row taken]]
                                     (and (not= taken column)
                                          (not= (abs (- taken column)) (- (count columns) row))))
                                   (map-indexed vector columns))]
                 (queens size (conj columns column)))))))

(def fibonacci (map first (iterate (fn [[a b]] [b (+' a b)]) [0 1])))

(println (show (into (sorted-map) (reduce step {} (line-seq (java.io.BufferedReader. *in*))))))
(println "queens" (queens 6))
(println "fibonacci" (nth fibonacci 50))
(->> (str/split "the quick the lazy the dog quick" #" ")
     frequencies
     (sort-by (juxt (comp - val) key))
     show
     println)
